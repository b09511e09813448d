/** How long a new attempt takes to reattach to the browser of the previous one, and to see its screen. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createComputerHosts } from '../../activities/computer-use/host/hosts.ts';
import { toolPath } from '../../workers/local/tools.ts';

const times = 10;
const signal = new AbortController().signal;

/** Milliseconds until the browser is taken over, and until its screen has arrived. */
export async function measureReattach(site: string): Promise<{ readonly taken: number[]; readonly seen: number[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-bench-'));
  const hosts = createComputerHosts({
    hostsFolder: folder,
    chromium: { executablePath: toolPath('chromium'), sandbox: process.getuid?.() !== 0 },
    leaseMilliseconds: 60_000,
    personMilliseconds: 60_000,
    limits: { navigationMilliseconds: 30_000, actionMilliseconds: 5_000 },
    recycle: { turns: 1_000, residentBytes: 4 * 1024 ** 3 },
  });
  const network = { navigate: [site], load: 'public' as const, allowPrivateOrigins: [site] };
  const onDenied = (): void => undefined;
  const settings = { width: 1280, height: 800, startUrl: `${site}/text`, network, secrets: [], onDenied };
  let computer = await hosts.open({ key: 'bench', attempt: 1 }, settings, null, signal);
  const taken: number[] = [];
  const seen: number[] = [];
  try {
    for (let attempt = 2; attempt < times + 2; attempt += 1) {
      const mark = computer.mark();
      await computer.detach('worker');
      const start = performance.now();
      const found = await hosts.reattach({ key: 'bench', attempt }, mark, onDenied, signal);
      if (found === null) throw new Error('the browser that was left is gone');
      taken.push(performance.now() - start);
      computer = found.computer;
      await computer.screenshot(signal);
      seen.push(performance.now() - start);
    }
  } finally {
    await computer.close();
    await rm(folder, { recursive: true, force: true });
  }
  return { taken, seen };
}

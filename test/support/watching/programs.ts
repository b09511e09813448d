/** Prometheus' own programs: promtool, and a Prometheus and an Alertmanager that run until the test is over. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished, vi } from 'vitest';
import { toolPath } from '../../../workers/local/tools.ts';

/** What promtool prints; rejects when it finds something wrong. */
export async function promtool(...args: string[]): Promise<string> {
  const path = join(dirname(toolPath('prometheus')), 'promtool');
  const { stdout, stderr } = await promisify(execFile)(path, args);
  return stdout + stderr;
}

/** Waits until it says that it is ready at this address. */
export async function startProgram(
  name: 'prometheus' | 'alertmanager',
  args: readonly string[],
  address: string,
): Promise<void> {
  const child = spawn(toolPath(name), [...args, `--web.listen-address=${address}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended: ${said}`);
      const { status } = await fetch(`http://${address}/-/ready`);
      if (status !== 200) throw new Error(`${name} answers ${status}`);
    },
    { timeout: 60_000, interval: 50 },
  );
}

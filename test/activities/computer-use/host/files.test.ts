import { createHash, randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { ComputerAction } from '../../../../activities/computer-use/actions.ts';
import { createComputerHosts } from '../../../../activities/computer-use/host/hosts.ts';
import { onSite, temporaryHosts } from '../../../support/computer-use/browser-hosts.ts';
import { noSignal } from '../../../support/computer-use/chromium-computer.ts';
import { everywhere, pageSite } from '../../../support/computer-use/page-site.ts';

/** A host is a process that starts a browser: on a busy machine it takes its time. */
vi.setConfig({ expect: { poll: { timeout: 20_000 } } });

const content = randomBytes(2 ** 20);
const site = pageSite({
  '/get': `<a ${everywhere} href="/report.pdf">get it</a>`,
  '/report.pdf': (response) => {
    response.writeHead(200, { 'content-disposition': 'attachment; filename="report.pdf"' });
    response.end(content);
  },
  '/give': `<input type="file" ${everywhere} onchange="this.files[0].arrayBuffer().then((bytes) => tell(bytes.byteLength))">`,
});
const click: ComputerAction = { type: 'click', x: 400, y: 300, button: 'left', keys: [] };
const owner = (attempt: number) => ({ key: 'job-1/visit/1', attempt });

/** Sizes and modes of all files of a host, by the ends of their folders' names. */
async function filesIn(folder: string): Promise<readonly (readonly [string, number, string])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const own = entries.filter((entry) => entry.isFile() && /lodestone-(?:downloads|files)-/.test(entry.parentPath));
  return Promise.all(
    own.map(async (entry) => {
      const { size, mode } = await stat(join(entry.parentPath, entry.name));
      const [, kind = ''] = /lodestone-(downloads|files)-/.exec(entry.parentPath) ?? [];
      return [kind, size, (mode & 0o777).toString(8)] as const;
    }),
  );
}

it('A05: a download is there for the attempt after the one that died, lies where only the host reads, and goes with it', async () => {
  const settings = await temporaryHosts();
  const hosts = createComputerHosts(settings);
  const first = await hosts.open(owner(1), { ...onSite(site.origin), startUrl: `${site.origin}/get` }, null, noSignal);
  await first.perform(click, noSignal);
  await expect
    .poll(async () => (await first.downloads.list(100, noSignal)).finished)
    .toMatchObject([{ name: 'report.pdf', bytes: content.byteLength }]);
  const mark = first.mark();
  await first.detach('worker');

  const found = await hosts.reattach(owner(2), mark, () => undefined, noSignal);
  const { downloads } = found?.computer ?? first;
  const [file] = (await downloads.list(0, noSignal)).finished;
  const read = await downloads.read(file?.id ?? '', noSignal);
  const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  expect(hashOf(read)).toBe(hashOf(content));
  expect(await filesIn(settings.hostsFolder)).toEqual([['downloads', content.byteLength, '600']]);
  await downloads.drop(file?.id ?? '', noSignal);
  expect(await filesIn(settings.hostsFolder)).toEqual([]);
  await found?.computer.close();
  await hosts.settled();
  expect(await readdir(settings.hostsFolder)).toEqual([]);
});

it('a file that is offered crosses to the host, lies where only it reads, and reaches the page that chose it', async () => {
  const settings = await temporaryHosts();
  const hosts = createComputerHosts(settings);
  const give = { ...onSite(site.origin), startUrl: `${site.origin}/give`, offersFiles: true };
  const computer = await hosts.open(owner(1), give, null, noSignal);
  await computer.putFile({ name: 'cv.pdf', content }, noSignal);
  expect(await filesIn(settings.hostsFolder)).toEqual([['files', content.byteLength, '600']]);
  await computer.perform({ type: 'choose_files', files: ['cv.pdf'] }, noSignal);
  await computer.perform(click, noSignal);
  await expect.poll(() => site.reported()).toEqual([`${content.byteLength}`]);
  expect(computer.mark().actions).toBe(2);
  await computer.close();
  await hosts.settled();
  expect(await readdir(settings.hostsFolder)).toEqual([]);
});

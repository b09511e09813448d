import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import type { ComputerAction } from '../../../../../activities/computer-use/actions.ts';
import { downloadLimits } from '../../../../../workflows/contract/lead-magnets/step-files.ts';
import { noSignal, openChromium } from '../../../../support/computer-use/chromium-computer.ts';
import { everywhere, pageSite } from '../../../../support/computer-use/page-site.ts';

const content = randomBytes(84_000);
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const answer = (response: ServerResponse, name: string, body: Uint8Array): void => {
  response.writeHead(200, { 'content-type': 'text/html', 'content-disposition': `attachment; filename="${name}"` });
  response.end(body);
};
const link = (to: string, attributes = ''): string => `<a ${everywhere} href="${to}" ${attributes}>get it</a>`;
const makeData = (name: string): string => link('data:application/octet-stream,made', `download="${name}"`);
const other = pageSite({
  '/list.pdf': (response) => answer(response, 'list.pdf', content),
  '/make-data': makeData('theirs.txt'),
  '/go-to-data': link('data:application/octet-stream,made', 'target="_top"'),
});
const framed = (path: string) => (response: ServerResponse) => {
  response.setHeader('content-type', 'text/html');
  response.end(
    `<iframe src="${path.startsWith('/other') ? other.origin : ''}${path.replace('/other', '')}" ${everywhere}></iframe>`,
  );
};
const site = pageSite({
  '/get': link('/list.pdf'),
  '/list.pdf': (response) => answer(response, '../../list.pdf', content),
  '/get-large': link('/large'),
  '/large': (response) => answer(response, 'large.bin', Buffer.alloc(downloadLimits.fileBytes + 1)),
  '/get-endless': link('/endless'),
  '/endless': (response) => {
    // Without a length: how large it is shows while it comes.
    response.writeHead(200, { 'content-disposition': 'attachment; filename="endless.bin"' });
    const more = (): void => {
      while (response.write(Buffer.alloc(2 ** 20)));
    };
    response.on('drain', more);
    more();
  },
  '/get-slow': link('/slow'),
  '/slow': (response) => {
    const type = { 'content-type': 'application/octet-stream', 'content-length': 2 * 2 ** 20 };
    response.writeHead(200, { ...type, 'content-disposition': 'attachment; filename="slow.bin"' });
    response.write(Buffer.alloc(2 ** 20));
  },
  '/get-made': `<button ${everywhere} onclick="
    const made = document.createElement('a');
    made.href = window.URL.createObjectURL(new Blob(['made']));
    made.download = 'made.txt';
    made.click()">make</button>`,
  '/make-data': makeData('ours.txt'),
  '/frame-of-ours': framed('/make-data'),
  '/frame-of-theirs': framed('/other/make-data'),
  '/both': (response) => {
    response.setHeader('content-type', 'text/html');
    const place = (top: number, left: number) =>
      `style="position:absolute;top:${top}px;left:${left}px;width:400px;height:250px"`;
    const theirs = `<iframe src="${other.origin}/make-data" ${place(200, 0)}></iframe>`;
    const ours = `<a href="data:application/octet-stream,made" download="ours.txt" ${place(0, 400)}>get it</a>`;
    response.end(`${theirs}${ours}<a href="/both" ${place(300, 400)}>again</a>`);
  },
  '/frame-that-goes': framed('/other/go-to-data'),
  '/get-many': `<button ${everywhere} onclick="
    for (let number = 0; number < 23; number += 1) {
      const made = document.createElement('a');
      made.href = window.URL.createObjectURL(new Blob(['' + number]));
      made.download = number + '.txt';
      made.click();
    }">make</button>`,
  '/get-elsewhere': (response) => {
    response.setHeader('content-type', 'text/html');
    response.end(link(`${other.origin}/list.pdf`, 'download'));
  },
});
const clickAt = (x: number, y = 300): ComputerAction => ({ type: 'click', x, y, button: 'left', keys: [] });

/** A download may take its time on a busy machine. */
vi.setConfig({ expect: { poll: { timeout: 15_000 } } });

async function press(path: string, allowPrivateOrigins: readonly string[] = [], x = 400) {
  const { computer, denied } = await openChromium({ startUrl: `${site.origin}${path}`, allowPrivateOrigins });
  await computer.perform(clickAt(x), noSignal);
  const notes: string[] = [];
  const listDownloads = async () => {
    const list = await computer.downloads.list(100, noSignal);
    notes.push(...computer.takeNotes());
    return list;
  };
  return { computer, denied, notes, listDownloads };
}

describe('a download', () => {
  it('is kept in quarantine with the right content until it is dropped', async () => {
    const { computer, notes, listDownloads } = await press('/get');
    await expect.poll(async () => (await listDownloads()).finished).toHaveLength(1);
    const [file] = (await listDownloads()).finished;
    expect(file?.bytes).toBe(84_000);
    expect(file?.name).toContain('list.pdf');
    expect(hashOf(await computer.downloads.read(file?.id ?? '', noSignal))).toBe(hashOf(content));
    await computer.downloads.drop(file?.id ?? '', noSignal);
    expect((await listDownloads()).finished).toEqual([]);
    await expect(computer.downloads.read(file?.id ?? '', noSignal)).rejects.toThrow('no such download');
    expect(notes).toEqual([]);
  });

  it.each(['/get-large', '/get-endless'])('that is too large is ended, and the model gets a note: %s', async (path) => {
    const { notes, listDownloads } = await press(path);
    await expect
      .poll(async () => [(await listDownloads()).finished, notes])
      .toEqual([
        [],
        [expect.stringMatching(/^The download (large|endless)\.bin was not kept: it is larger than 25 MiB\.$/)],
      ]);
    expect((await listDownloads()).running).toEqual([]);
  });

  it('that is slow is listed as under way', async () => {
    const { listDownloads } = await press('/get-slow');
    await expect.poll(async () => (await listDownloads()).running).toMatchObject([{ name: 'slow.bin' }]);
  });

  it('that a page makes by itself is kept', async () => {
    const { computer, listDownloads } = await press('/get-made');
    await expect.poll(async () => (await listDownloads()).finished).toMatchObject([{ name: 'made.txt', bytes: 4 }]);
    const [file] = (await listDownloads()).finished;
    expect(Buffer.from(await computer.downloads.read(file?.id ?? '', noSignal)).toString()).toBe('made');
  });

  it.each(['/make-data', '/frame-of-ours'])('that a page makes as a data URL is kept: %s', async (path) => {
    const { computer, listDownloads } = await press(path);
    await expect.poll(async () => (await listDownloads()).finished).toMatchObject([{ name: 'ours.txt', bytes: 4 }]);
    const [file] = (await listDownloads()).finished;
    expect(Buffer.from(await computer.downloads.read(file?.id ?? '', noSignal)).toString()).toBe('made');
  });

  it.each(['/frame-of-theirs', '/frame-that-goes'])(
    'that a frame of another origin makes as a data URL is refused: %s',
    async (path) => {
      const { denied, listDownloads, notes } = await press(path, [other.origin]);
      await expect
        .poll(async () => [(await listDownloads()).finished, notes])
        .toEqual([[], [expect.stringContaining('was not kept')]]);
      expect(denied).toHaveLength(1);
    },
  );

  it('from an origin that is not listed is refused', async () => {
    const { denied, listDownloads } = await press('/get-elsewhere', [other.origin]);
    await expect.poll(() => denied).toContain(other.origin);
    expect((await listDownloads()).finished).toEqual([]);
    expect(other.requestsOf('/list.pdf')).toBe(0);
  });
});

it('downloads that were refused for their source do not count among those that a step keeps', async () => {
  const { computer, denied, listDownloads } = await press('/both', [other.origin], 100);
  for (let number = 2; number <= downloadLimits.files; number += 1) {
    // Of one page Chromium lets ten begin.
    if (number % 10 === 1) await computer.perform(clickAt(700, 500), noSignal);
    await computer.perform(clickAt(100), noSignal);
    await expect.poll(() => denied.length).toBe(number);
  }
  await computer.perform(clickAt(700, 500), noSignal);
  await computer.perform(clickAt(700, 100), noSignal);
  await expect.poll(async () => (await listDownloads()).finished).toMatchObject([{ name: 'ours.txt' }]);
});

it('of the downloads that a page begins at once Chromium lets ten begin, which is below the limit of the step', async () => {
  const { listDownloads } = await press('/get-many');
  await expect.poll(async () => (await listDownloads()).finished.length).toBe(10);
  expect(downloadLimits.files).toBeGreaterThan(10);
});

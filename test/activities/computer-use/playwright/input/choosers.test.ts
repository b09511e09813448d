import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ActionProblem, type ComputerAction } from '../../../../../activities/computer-use/actions.ts';
import { safeFileName } from '../../../../../activities/computer-use/files/safe-name.ts';
import type { Computer } from '../../../../../activities/ports.ts';
import { noSignal, openChromium } from '../../../../support/computer-use/chromium-computer.ts';
import { everywhere, pageSite, reportScript } from '../../../../support/computer-use/page-site.ts';

const reportFiles = `<script>
  const tellFiles = async (files) => {
    for (const file of files) {
      const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
      const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      tell(file.name + ' ' + hash);
    }
  };
</script>`;
const input = (attributes = ''): string =>
  `${reportFiles}<input type="file" ${attributes} ${everywhere} onchange="tellFiles(this.files)">`;
const other = pageSite({ '/frame': input() });
const site = pageSite({
  '/one': input('accept=".pdf"'),
  '/many': input('multiple'),
  '/folder': input('webkitdirectory'),
  '/script': `${reportFiles}<button ${everywhere} onclick="
    const field = document.createElement('input');
    field.type = 'file';
    field.onchange = () => tellFiles(field.files);
    field.click()">choose</button>`,
  '/framed': (response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`${reportScript}<iframe src="${other.origin}/frame" ${everywhere}></iframe>`);
  },
});
const click: ComputerAction = { type: 'click', x: 400, y: 300, button: 'left', keys: [] };
const choose = (...files: string[]): ComputerAction => ({ type: 'choose_files', files });

const content = randomBytes(100_000);
const reported = (name: string): string => `${name} ${createHash('sha256').update(content).digest('hex')}`;

async function open(path: string, allowPrivateOrigins: readonly string[] = []) {
  const opened = await openChromium({ startUrl: `${site.origin}${path}`, offersFiles: true, allowPrivateOrigins });
  for (const name of ['cv.pdf', 'photo.png']) await opened.computer.putFile({ name, content }, noSignal);
  return opened;
}

async function notesAfter(computer: Computer, ...actions: readonly ComputerAction[]): Promise<readonly string[]> {
  for (const action of actions) await computer.perform(action, noSignal);
  await computer.screenshot(noSignal);
  return computer.takeNotes();
}

describe('a file chooser', () => {
  it('that is open gets the file that is named, with the right bytes, and the model gets a note of both', async () => {
    const { computer } = await open('/one');
    expect(await notesAfter(computer, click)).toEqual([
      `A file chooser opened on ${site.origin}; it takes one file of the kinds ".pdf". Name them with choose_files, or go on without.`,
    ]);
    expect(await notesAfter(computer, choose('cv.pdf'))).toEqual([
      `cv.pdf was handed to the file chooser of ${site.origin}.`,
    ]);
    await expect.poll(() => site.reported()).toEqual([reported('cv.pdf')]);
  });

  it('that opens later gets the files that were named beforehand, before the next action', async () => {
    const { computer } = await open('/many');
    expect(await notesAfter(computer, choose('cv.pdf', 'photo.png'), click)).toEqual([
      'No file chooser is open. The next one that opens gets cv.pdf, photo.png.',
      `cv.pdf, photo.png were handed to the file chooser of ${site.origin}.`,
    ]);
    await expect.poll(() => site.reported()).toEqual([reported('cv.pdf'), reported('photo.png')]);
  });

  it('of a field that a script makes, on no page, is answered too', async () => {
    const { computer } = await open('/script');
    expect((await notesAfter(computer, choose('cv.pdf'), click)).at(-1)).toContain('cv.pdf was handed');
    await expect.poll(() => site.reported()).toEqual([reported('cv.pdf')]);
  });

  it('for one file refuses two, stays open, and takes one', async () => {
    const { computer } = await open('/one');
    await notesAfter(computer, click);
    await expect(computer.perform(choose('cv.pdf', 'photo.png'), noSignal)).rejects.toThrow('takes one file');
    await computer.perform(choose('photo.png'), noSignal);
    await expect.poll(() => site.reported()).toEqual([reported('photo.png')]);
  });

  it('that is opened anew gives up the one before it, and the model gets a note', async () => {
    const { computer } = await open('/one');
    const notes = await notesAfter(computer, click, click);
    expect(notes).toHaveLength(3);
    expect(notes[1]).toBe('The file chooser before it was left without a file.');
  });

  it('for a folder, or for a file that there is not, gets nothing', async () => {
    const { computer } = await open('/folder');
    await notesAfter(computer, click);
    await expect(computer.perform(choose('cv.pdf'), noSignal)).rejects.toThrow('takes a folder');
    await expect(computer.perform(choose('passwd'), noSignal)).rejects.toThrow('there is no file passwd');
  });

  it('of a frame from an origin that is not listed gets nothing, and the refusal is reported', async () => {
    const { computer, denied } = await open('/framed', [other.origin]);
    const notes = await notesAfter(computer, choose('cv.pdf'), click);
    expect(notes.at(-1)).toContain(`A file chooser of ${other.origin} gets no file`);
    expect(denied).toContain(other.origin);
    expect(other.reported()).toEqual([]);
  });

  it('gets a file whose name is long and not Latin; one that cannot be written is reported to the model', async () => {
    const { computer } = await open('/one');
    const name = safeFileName(`${'年'.repeat(120)}.pdf`);
    await computer.putFile({ name, content }, noSignal);
    expect((await notesAfter(computer, click, choose(name))).at(-1)).toContain(`${name} was handed`);
    await expect.poll(() => site.reported()).toEqual([reported(name)]);
    const putting = computer.putFile({ name: 'x'.repeat(256), content }, noSignal);
    await expect(putting).rejects.toThrow(ActionProblem);
    await expect(putting).rejects.toThrow(/could not be made ready: ENAMETOOLONG$/);
  });
});

it('a file that is offered is a name and no path', async () => {
  const { computer } = await open('/one');
  for (const name of ['../x', '..', '', 'a/b', '/etc/x']) {
    await expect(computer.putFile({ name, content }, noSignal)).rejects.toThrow('path');
  }
});

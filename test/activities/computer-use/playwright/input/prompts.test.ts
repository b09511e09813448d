import { describe, expect, it } from 'vitest';
import type { ComputerAction } from '../../../../../activities/computer-use/actions.ts';
import { noSignal, openChromium } from '../../../../support/computer-use/chromium-computer.ts';
import { everywhere, pageSite } from '../../../../support/computer-use/page-site.ts';

const button = (script: string) => `<button ${everywhere} onclick="${script}">press</button>`;
const site = pageSite({
  '/alert': button(`alert('Look'); tell('went on')`),
  '/confirm': button(`tell('answer ' + confirm('Sure?'))`),
  '/prompt': button(`tell('answer ' + prompt('Your name?', 'nobody'))`),
  '/leaving': `<a ${everywhere} href="/alert">leave</a><script>onbeforeunload = (event) => event.preventDefault()</script>`,
  '/flood': button(`for (let times = 0; times < 50; times += 1) alert('Look ' + times)`),
  '/file': `<input type="file" ${everywhere} onchange="tell(this.files.length)">`,
});
const click: ComputerAction = { type: 'click', x: 400, y: 300, button: 'left', keys: [] };

async function press(path: string) {
  const { computer } = await openChromium({ startUrl: `${site.origin}${path}` });
  await computer.perform(click, noSignal);
  return computer;
}

describe('a dialog is answered at once, and the model gets a note', () => {
  it.each([
    ['/alert', 'An alert dialog said "Look"; it was accepted.', 'went on'],
    ['/confirm', 'A confirm dialog said "Sure?"; it was dismissed.', 'answer false'],
    ['/prompt', 'A prompt dialog said "Your name?"; it was dismissed.', 'answer null'],
  ])('%s', async (path, note, reported) => {
    const computer = await press(path);
    expect(computer.takeNotes()).toEqual([note]);
    await expect.poll(() => site.reported()).toEqual([reported]);
  });

  it('of a page that will not be left: it is left', async () => {
    const computer = await press('/leaving');
    expect(computer.takeNotes()).toEqual(['A beforeunload dialog said ""; it was accepted.']);
    await computer.screenshot(noSignal);
    expect(computer.url()).toBe(`${site.origin}/alert`);
  });

  it('fifty times in a row: the model gets one note of them', async () => {
    const computer = await press('/flood');
    expect(computer.takeNotes()).toEqual(['50 dialogs, the last said "Look 49"; all were accepted.']);
  });
});

describe('a file chooser', () => {
  it('opens on nothing, and the model gets a note', async () => {
    const computer = await press('/file');
    await computer.screenshot(noSignal);
    await expect
      .poll(() => computer.takeNotes())
      .toEqual(['A file chooser was opened; there are no files to choose from.']);
  });
});

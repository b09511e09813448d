/** What the brain does with pictures that are missing, old, broken or of another page. */
import { describe, expect, it } from 'vitest';
import type { BrainAnswer, Turn } from '../../../../demo/model-server/brains/brain.ts';
import { pixelBrain } from '../../../../demo/model-server/brains/pixel-brain.ts';
import type { PageState } from '../../../../demo/state-strip/page-state.ts';
import { emptyPicture, fillCell, pictureOf } from '../../state-strip/picture.ts';
import { turnOf } from './drive.ts';

const size = { width: 1280, height: 400 };

const prices: PageState = {
  page: 'prices',
  stamp: 1_000,
  loaded: 900,
  flags: [],
  targets: { 'nav:home': [100, 20], 'nav:contact': [200, 20] },
  facts: { 'price:Full overhaul': '€189' },
  fields: {},
  focus: '',
  above: false,
  below: false,
};

function shown(changes: Partial<PageState> = {}): Turn['screenshot'] {
  return { ...pictureOf({ ...prices, ...changes }, size), sha256: 'of no matter here' };
}

/** The turns that follow each other, each with its picture and its text; gives the last answer. */
async function answerTo(...turns: readonly { readonly screenshot: Turn['screenshot']; readonly reported?: string }[]) {
  let answer: BrainAnswer | undefined;
  for (const { screenshot, reported } of turns) {
    const texts = reported === undefined ? [] : [reported];
    answer = await pixelBrain.answer(turnOf({ screenshot, texts, memory: answer?.memory ?? null }));
  }
  return answer;
}

const opensHome = { kind: 'computer', actions: [{ type: 'click', x: 100, y: 20 }] };
const waits = { kind: 'computer', actions: [{ type: 'wait' }] };
const says = (what: string) => ({ kind: 'text', text: expect.stringContaining(what) });

describe('the pixel brain', () => {
  it('asks for a screenshot when it was sent none, and says so when it gets none', async () => {
    const none = { screenshot: null };
    expect(await answerTo(none)).toMatchObject({ kind: 'computer', actions: [{ type: 'screenshot' }] });
    expect(await answerTo(none, none, none, none)).toMatchObject(says('I was sent no screenshot'));
  });

  it('acts on what it sees, and twice the same on the same', async () => {
    const seen = { screenshot: shown() };
    expect(await answerTo(seen)).toMatchObject(opensHome);
    expect(await answerTo(seen)).toEqual(await answerTo(seen));
  });

  it('waits when the screenshot is from before its last action, and gives up when it stays so', async () => {
    const seen = { screenshot: shown() };
    expect(await answerTo(seen, seen)).toMatchObject(waits);
    expect(await answerTo(seen, seen, seen, seen, seen)).toMatchObject(says('from before my last action'));
  });

  it('trusts an unchanged screen when it is informed that its action did not run', async () => {
    const seen = { screenshot: shown() };
    expect(await answerTo(seen, { ...seen, reported: 'These did not run: click at 100,20.' })).toMatchObject(opensHome);
  });

  it('does not trust an older screen, whatever it is informed of', async () => {
    const older = { screenshot: shown({ stamp: 950 }), reported: 'These did not run: click at 100,20.' };
    expect(await answerTo({ screenshot: shown() }, older)).toMatchObject(waits);
  });

  it('waits for the page that it went to, then goes on where it is', async () => {
    const before = { screenshot: shown({ stamp: 1_001 }) };
    expect(await answerTo({ screenshot: shown() }, before)).toMatchObject(waits);
    expect(await answerTo({ screenshot: shown() }, before, before, before)).toMatchObject(opensHome);
  });

  it('goes on from a page that it did not expect', async () => {
    const other = { screenshot: shown({ page: 'about', stamp: 2_000, loaded: 1_900 }) };
    expect(await answerTo({ screenshot: shown() }, other)).toMatchObject(opensHome);
  });

  it('says that it sees no strip, after looking again', async () => {
    const blank = { screenshot: { ...emptyPicture(1280, 400), sha256: 'blank' } };
    expect(await answerTo(blank)).toMatchObject(waits);
    expect(await answerTo(blank, blank, blank, blank)).toMatchObject(says('I see no state strip'));
  });

  it('does not act on a damaged strip', async () => {
    const picture = pictureOf(prices, { ...size, top: 0 });
    fillCell(picture, 40 * 8, 0, [127, 127, 127]);
    fillCell(picture, 41 * 8, 0, [0, 0, 255]);
    fillCell(picture, 42 * 8, 0, [0, 0, 255]);
    expect(await answerTo({ screenshot: { ...picture, sha256: 'damaged' } })).toMatchObject({
      ...waits,
      say: expect.stringContaining('damaged'),
    });
  });

  it('gives its result again when asked again', async () => {
    const done = { screenshot: shown({ targets: { 'nav:prices': [300, 20] } }) };
    const result = await answerTo(done);
    expect(result).toMatchObject(says('Full overhaul: €189'));
    expect(await answerTo(done, { screenshot: null, reported: 'That answer does not fit.' })).toEqual(result);
  });
});

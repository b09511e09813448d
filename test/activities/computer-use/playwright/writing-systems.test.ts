/** Needs the fonts that `npm run setup` gets; without them the test fails, and the set-up has said why. */
import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import { noSignal, openChromium } from '../../../support/computer-use/chromium-computer.ts';
import { pageSite } from '../../../support/computer-use/page-site.ts';
import { otherUnknownCharacter, unknownCharacter } from '../../../support/documents/writing-systems.ts';

/** Two letters each: drawn as empty boxes, they would look the same. */
const letters: Readonly<Record<string, readonly [string, string]>> = {
  Japanese: ['あ', 'の'],
  Chinese: ['这', '汉'],
  Korean: ['한', '국'],
  emoji: ['🧡', '🚀'],
  Arabic: ['ع', 'ش'],
  Hebrew: ['ש', 'ב'],
  Devanagari: ['ह', 'क'],
  Thai: ['ท', 'ก'],
};

const rows: readonly (readonly [string, string])[] = [
  ...Object.values(letters),
  [unknownCharacter, otherUnknownCharacter],
];
const cell = { width: 100, height: 60 };
const site = pageSite({
  '/': `<!doctype html><meta charset="utf-8"><style>body { margin: 0; background: #fff; font: 32px/60px sans-serif }
    div { display: flex } span { width: ${cell.width}px; height: ${cell.height}px; overflow: hidden }</style>
    ${rows.map((row) => `<div>${row.map((letter) => `<span>${letter}</span>`).join('')}</div>`).join('')}`,
});

it('a screenshot shows letters of every writing system, and no empty boxes', async () => {
  const { computer } = await openChromium({ startUrl: site.origin });
  const { bytes } = await computer.screenshot(noSignal);
  const picture = PNG.sync.read(Buffer.from(bytes));
  const drawn = (row: number, column: number): string => {
    const part = new PNG(cell);
    PNG.bitblt(picture, part, column * cell.width, row * cell.height, cell.width, cell.height, 0, 0);
    return part.data.toString('base64');
  };
  const box = drawn(rows.length - 1, 0);
  // What this test would see without fonts: two letters, one box.
  expect(drawn(rows.length - 1, 1) === box).toBe(true);
  const boxed = Object.keys(letters).filter((_name, row) => {
    const [first, second] = [drawn(row, 0), drawn(row, 1)];
    return first === second || first === box || second === box;
  });
  expect(boxed).toEqual([]);
});

import { expect, it } from 'vitest';
import { countPictures, stampOf } from '../../bench/computer/stale/pictures.ts';
import { cellSize, encode, palette } from '../../demo/state-strip/encode.js';

/** A picture that is nothing but a strip, as the page draws it. */
function strip(payload: object) {
  const columns = 40;
  const cells = encode(payload, columns);
  const width = columns * cellSize;
  const height = (cells.length / columns) * cellSize;
  const data = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const cell = cells[Math.floor(pixel / width / cellSize) * columns + Math.floor((pixel % width) / cellSize)] ?? 0;
    data.set([...(palette[cell] ?? []), 255], pixel * 4);
  }
  return { width, height, data };
}

function sent(payload: object, requested: number, answered: number) {
  const stamp = stampOf(strip(payload));
  if (stamp === null) throw new Error('the picture has no stamp');
  return { stamp, requested, answered };
}

it('a picture is stale when a later one tells of a change between it and its request, and the last one is not counted', () => {
  const pictures = [
    // Change 2 came at 1,050: before the request.
    sent({ count: 1, times: [1_000] }, 1_060, 1_400),
    // Change 3 came at 1,500: after the request, before the answer.
    sent({ count: 2, times: [1_000, 50] }, 1_450, 1_600),
    // The page was being loaded.
    null,
    sent({ count: 3, times: [1_050, 450] }, 1_700, 1_800),
    sent({ count: 3, times: [1_050, 450] }, 1_900, 2_000),
  ];
  expect(countPictures(pictures)).toEqual({ pictures: 4, empty: 1, stale: 1, early: 2 });
  expect(stampOf({ width: 400, height: 80, data: new Uint8Array(400 * 80 * 4) })).toBeNull();
});

/** Pictures with a strip in them, painted without a browser. */
import type { Picture } from '../../../demo/state-strip/decode.ts';
import { cellSize, encode, palette } from '../../../demo/state-strip/encode.js';

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Where the strip begins, from the top; by default it ends at the bottom. */
  readonly top?: number;
}

export function pictureOf(payload: object, { width, height, top }: Canvas): Picture {
  const columns = Math.floor(width / cellSize);
  const cells = encode(payload, columns);
  const begin = top ?? height - (cells.length / columns) * cellSize;
  const picture = emptyPicture(width, height);
  for (const [index, cell] of cells.entries()) {
    const x = (index % columns) * cellSize;
    const y = begin + Math.floor(index / columns) * cellSize;
    fillCell(picture, x, y, palette[cell] ?? [0, 0, 0]);
  }
  return picture;
}

export function emptyPicture(width: number, height: number): Picture {
  return { width, height, data: new Uint8Array(width * height * 4).fill(235) };
}

export function fillCell(
  picture: Picture,
  x: number,
  y: number,
  [red, green, blue]: readonly [number, number, number],
): void {
  for (let row = y; row < y + cellSize; row += 1) {
    for (let column = x; column < x + cellSize; column += 1) {
      picture.data.set([red, green, blue, 255], (row * picture.width + column) * 4);
    }
  }
}

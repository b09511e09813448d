/** Paints over areas of a picture, so that their content is in no file and no request. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { PNG } from 'pngjs';
import type { Place } from './masks.ts';

const shade = 48;

/** Takes and returns a PNG. The same picture with the same areas gives the same bytes. */
export async function blankPicture(bytes: Uint8Array, places: readonly Place[]): Promise<Buffer> {
  const png = new PNG({ deflateLevel: 1, inputHasAlpha: true, colorType: 2 });
  png.end(bytes);
  await once(png, 'parsed');
  for (const place of places) paint(png, place);
  // pngjs has an old-style stream, which cannot be iterated.
  return buffer(png.pack().pipe(new PassThrough()));
}

function paint({ width, height, data }: PNG, { left, top, right, bottom }: Place): void {
  const from = Math.max(0, left);
  const to = Math.min(width, right);
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y += 1) {
    for (let x = from; x < to; x += 1) {
      const at = (y * width + x) * 4;
      data.fill(shade, at, at + 3);
      data[at + 3] = 255;
    }
  }
}

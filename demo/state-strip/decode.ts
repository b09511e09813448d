/** Decodes the state strip from the pixels of a screenshot. It uses nothing but the picture. */
import { cellSize, checksum, headerBytes, magic, palette } from './encode.js';

/** A decoded picture: four bytes for each pixel (red, green, blue, alpha). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The result: a state, no strip, or a strip whose checksum is wrong. */
export type StripReading = { readonly payload: unknown } | { readonly problem: 'absent' | 'damaged' };

export function decode(picture: Picture): StripReading {
  let problem: 'absent' | 'damaged' = 'absent';
  for (const row of rowsWithMagic(picture)) {
    const payload = readFrame(picture, row);
    if (payload !== undefined) return { payload };
    problem = 'damaged';
  }
  return { problem };
}

/** The vertical centres of the rows of cells that begin with the magic number; usually one. */
function rowsWithMagic(picture: Picture): readonly number[] {
  const rows: number[] = [];
  let first: number | undefined;
  for (let y = 0; y <= picture.height; y += 1) {
    if (y < picture.height && magic.every((index, column) => nearest(picture, centre(column), y, 0) === index)) {
      first ??= y;
    } else if (first !== undefined) {
      rows.push(Math.round((first + y - 1) / 2));
      first = undefined;
    }
  }
  return rows;
}

function readFrame(picture: Picture, row: number): unknown {
  const widest = Math.floor(picture.width / cellSize);
  const header = readBytes(picture, row, widest, headerBytes);
  if (header === undefined) return undefined;
  const view = new DataView(header.buffer);
  const columns = view.getUint16(0);
  if (columns > widest) return undefined;
  const frame = readBytes(picture, row, columns, headerBytes + view.getUint16(2));
  if (frame === undefined) return undefined;
  const body = frame.subarray(headerBytes);
  if (checksum([...frame.subarray(0, 4), ...body]) !== view.getUint32(4)) return undefined;
  try {
    const payload: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return payload;
  } catch {
    return undefined;
  }
}

/** The bytes after the magic number; undefined when the picture ends before them. */
function readBytes(
  picture: Picture,
  row: number,
  columns: number,
  length: number,
): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(length);
  let bits = 0;
  let held = 0;
  let filled = 0;
  for (let cell = magic.length; filled < length; cell += 1) {
    const y = row + Math.floor(cell / columns) * cellSize;
    const x = centre(cell % columns);
    if (y + 1 >= picture.height || x + 1 >= picture.width) return undefined;
    bits = (bits << 3) | nearest(picture, x, y, 1);
    held += 3;
    if (held >= 8) {
      held -= 8;
      bytes[filled] = (bits >> held) & 0xff;
      filled += 1;
      bits &= (1 << held) - 1;
    }
  }
  return bytes;
}

function centre(column: number): number {
  return column * cellSize + cellSize / 2;
}

/** The index of the palette colour nearest to the mean colour around a point. */
function nearest(picture: Picture, x: number, y: number, around: number): number {
  const mean = [0, 0, 0];
  const pixels = (2 * around + 1) ** 2;
  for (let dy = -around; dy <= around; dy += 1) {
    for (let dx = -around; dx <= around; dx += 1) {
      const start = ((y + dy) * picture.width + x + dx) * 4;
      for (const channel of mean.keys())
        mean[channel] = (mean[channel] ?? 0) + (picture.data[start + channel] ?? 0) / pixels;
    }
  }
  const distances = palette.map((colour) =>
    colour.reduce((sum, value, channel) => sum + (value - (mean[channel] ?? 0)) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}

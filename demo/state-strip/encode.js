/**
 * Turns a page's state into coloured cells. Plain JavaScript without imports, because the same file runs in the page
 * (served as it is, with no build step) and in Node.
 *
 * The cells, row by row: the magic (each colour once), then three bits a cell of: columns (16 bits), length (16 bits),
 * CRC-32 of columns, length and body (32 bits), body (JSON in UTF-8). Columns come first so that a reader needs to know
 * nothing but where the magic is.
 */

/** Side of a cell in pixels: one JPEG block, so that lossy screenshots keep its colour. */
export const cellSize = 8;

/**
 * The corners of the colour cube: nothing is easier to tell apart after lossy compression.
 * @type {readonly (readonly [number, number, number])[]}
 */
export const palette = [
  [0, 0, 0],
  [0, 0, 255],
  [0, 255, 0],
  [0, 255, 255],
  [255, 0, 0],
  [255, 0, 255],
  [255, 255, 0],
  [255, 255, 255],
];

/** Every colour once, in an order that no picture has by chance. */
export const magic = [7, 0, 5, 2, 1, 6, 4, 3];

/** Bytes between the magic and the body: columns, length, CRC-32. */
export const headerBytes = 8;

/** The header must lie in the first row: the magic and three bits a cell. */
export const fewestColumns = magic.length + Math.ceil((headerBytes * 8) / 3);

/**
 * CRC-32 (IEEE), bit by bit: a strip is a few hundred bytes, a table would be longer than what it saves.
 * @param {Iterable<number>} bytes
 */
export function checksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * The palette index of every cell, in whole rows of the given number of columns.
 * @param {object} payload
 * @param {number} columns
 * @returns {number[]}
 */
export function encode(payload, columns) {
  if (columns < fewestColumns) throw new RangeError(`a strip needs ${fewestColumns} columns, there are ${columns}`);
  const body = new TextEncoder().encode(JSON.stringify(payload));
  if (body.length > 0xffff) throw new RangeError('the state is too long for a strip');
  const frame = new Uint8Array(headerBytes + body.length);
  const view = new DataView(frame.buffer);
  view.setUint16(0, columns);
  view.setUint16(2, body.length);
  frame.set(body, headerBytes);
  view.setUint32(4, checksum([...frame.subarray(0, 4), ...body]));

  const cells = [...magic];
  let bits = 0;
  let held = 0;
  for (const byte of frame) {
    bits = (bits << 8) | byte;
    held += 8;
    while (held >= 3) {
      held -= 3;
      cells.push((bits >> held) & 7);
    }
    bits &= (1 << held) - 1;
  }
  if (held > 0) cells.push((bits << (3 - held)) & 7);
  while (cells.length % columns !== 0) cells.push(0);
  return cells;
}

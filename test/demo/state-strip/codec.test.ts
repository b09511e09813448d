import jpeg from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { decode, type Picture } from '../../../demo/state-strip/decode.ts';
import { encode, fewestColumns } from '../../../demo/state-strip/encode.js';
import { emptyPicture, fillCell, pictureOf } from './picture.ts';

const state = {
  page: 'prices',
  facts: { 'price:Full overhaul': '€189', address: 'Kanalstraße 12', note: '“quoted” – 🚲' },
  targets: Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`nav:page-${index}`, [index * 97, 34]])),
};

function compressed({ width, height, data }: Picture, quality: number): Picture {
  return jpeg.decode(jpeg.encode({ width, height, data }, quality).data, { useTArray: true });
}

describe('the codec of the state strip', () => {
  it.each([240, 390, 1280, 1283, 1920])('reads what was written, in a picture %i pixels wide', (width) => {
    expect(decode(pictureOf(state, { width, height: 800 }))).toEqual({ payload: state });
  });

  it.each([0, 3, 77, 500])('finds the strip %i pixels from the top', (top) => {
    expect(decode(pictureOf(state, { width: 1280, height: 800, top }))).toEqual({ payload: state });
  });

  it.each([80, 60])('reads a JPEG of quality %i', (quality) => {
    expect(decode(compressed(pictureOf(state, { width: 1280, height: 800 }), quality))).toEqual({ payload: state });
  });

  it('reads a JPEG whose blocks do not fall together with the cells', () => {
    const picture = pictureOf(state, { width: 1280, height: 800, top: 301 });
    expect(decode(compressed(picture, 80))).toEqual({ payload: state });
  });

  it('finds nothing in a picture without a strip', () => {
    expect(decode(emptyPicture(1280, 800))).toEqual({ problem: 'absent' });
  });

  it('finds nothing in a picture that is smaller than a cell', () => {
    expect(decode(emptyPicture(4, 4))).toEqual({ problem: 'absent' });
  });

  it.each([8, 13, 20, 40, 200])('refuses a strip whose cell %i has another colour', (cell) => {
    const picture = pictureOf(state, { width: 1280, height: 800, top: 0 });
    const before = encode(state, 160)[cell];
    fillCell(picture, (cell % 160) * 8, Math.floor(cell / 160) * 8, before === 0 ? [255, 0, 0] : [0, 0, 0]);
    expect(decode(picture)).toEqual({ problem: 'damaged' });
  });

  it('refuses a strip that is cut off', () => {
    const { width, data } = pictureOf(state, { width: 1280, height: 800 });
    expect(decode({ width, height: 780, data: data.subarray(0, width * 780 * 4) })).toEqual({ problem: 'damaged' });
  });

  it('reads the whole strip below a damaged one', () => {
    const picture = pictureOf({ page: 'old' }, { width: 1280, height: 800, top: 100 });
    fillCell(picture, 30 * 8, 100, [255, 255, 255]);
    fillCell(picture, 31 * 8, 100, [255, 255, 255]);
    picture.data.set(pictureOf(state, { width: 1280, height: 600 }).data.subarray(1280 * 400 * 4), 1280 * 400 * 4);
    expect(decode(picture)).toEqual({ payload: state });
  });

  it('refuses to write a strip that is too narrow to be found again', () => {
    expect(() => encode(state, fewestColumns - 1)).toThrow(RangeError);
  });
});

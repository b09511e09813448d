/** JSON that would be changed when it is read is refused, each case with its message. */
import { expect, test } from 'vitest';
import { readStrictJson } from '../../../../workflows/contract/json/strict-json.ts';

const flaws = (text: string): readonly string[] => {
  const read = readStrictJson(text, 'refused');
  return read.ok ? [] : read.flaws.map(({ path, message }) => `${path}: ${message}`);
};

test('an integer beyond 2^53 survives as text with all its digits, or is refused with its place', () => {
  const text = '{"id":9007199254740993,"list":[1,{"n":-12345678901234567890}],"safe":9007199254740991,"text":"1e999"}';
  expect(readStrictJson(text, 'text')).toEqual({
    ok: true,
    value: {
      id: '9007199254740993',
      list: [1, { n: '-12345678901234567890' }],
      safe: 9_007_199_254_740_991,
      text: '1e999',
    },
    keptAsText: ['id', 'list[1].n'],
  });
  expect(flaws(text)).toEqual([
    'id: is 9007199254740993, which no number keeps exactly (beyond 2^53); write it in quotes',
    'list[1].n: is -12345678901234567890, which no number keeps exactly (beyond 2^53); write it in quotes',
  ]);
});

test('a number outside the double range is named in the error; decimals are what they are everywhere', () => {
  expect(flaws('{"a":1e400,"b":-1e400,"c":1e-400}')).toEqual([
    'a: is 1e400, beyond the range of numbers (1.8e308); write it in quotes',
    'b: is -1e400, beyond the range of numbers (1.8e308); write it in quotes',
    'c: is 1e-400, too small for a number (5e-324); write it in quotes',
  ]);
  expect(flaws(`[${'9'.repeat(400)}]`)[0]).toMatch(/^\[0\]: is 9{40}…, beyond the range/);
  expect(readStrictJson('[0.1,-0,0e-999,0.000,1.7e308,5e-324]', 'refused')).toMatchObject({
    value: [0.1, -0, 0, 0, 1.7e308, 5e-324],
  });
});

test('NULs, halves of characters, repeated names and __proto__ are refused where they stand', () => {
  expect(flaws(String.raw`{"a":["x\u0000"],"b":"\ud83d","c\u0000":1}`)).toEqual([
    'a[0]: has a NUL character; remove it',
    'b: has half of a character (a lone surrogate); remove it or write it whole',
    'c\uFFFD: has a NUL character; remove it',
  ]);
  expect(flaws(String.raw`{"a":1,"b":{"a":2},"\u0061":3}`)).toEqual(['a: is named twice; remove one']);
  expect(flaws('{"x":{"__proto__":{"admin":true}}}')).toEqual(['x.__proto__: has a name that is not taken; rename it']);
  expect(readStrictJson(String.raw`{"a":"\ud83d\udc4b \\","constructor":"\""}`, 'refused')).toMatchObject({
    value: { a: '👋 \\', constructor: '"' },
  });
});

test('depth is bounded with a sentence, however deep; what is not JSON is called so', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  expect(readStrictJson(nested(64), 'text').ok).toBe(true);
  for (const depth of [65, 500_000])
    expect(flaws(nested(depth))).toEqual([': nests deeper than 64 levels; make it flatter']);
  expect(readStrictJson('{"a":', 'text')).toMatchObject({ ok: false, isJson: false });
});

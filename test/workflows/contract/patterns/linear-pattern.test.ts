import { describe, expect, it } from 'vitest';
import { linearPattern, patternProblem } from '../../../../workflows/contract/patterns/linear-pattern.ts';

const patterns =
  String.raw`\s+ [\s] [^\s]+ \S+ [\S] [\s\S]* . .+ [^] [] [a\]b] [[] [\[a] \p{Script=Greek}+ \p{Letter} \p{Lu} \P{L}
  \u00e9 \u{1F600} \ud83d\ude00 [\ud83d\ude00] \cA [\b] \0 (?<n>a)b (a|b)*?c ^a$ \bfoo\b \w+@\w+\.\w{2,} [^@]+@[^@]+
  \d{3}-\d{4} [A-Z]{3} \/ [\-a] a{2,3} [(?=] [{3}] ^$ |a (?:) x* \v \t [\w.-]+ \p{L}[\p{L}\p{M}'-]* \p{gc=Nd} \x41`
    .trim()
    .split(/\s+/);
const texts = `a b abc é 😀 α Α A ABC a@b.co 123-4567 ab aab aaa [ ] ( ? { 3 - / ٣ O'Brien`
  .split(' ')
  .concat('', ' ', '\u00a0', '\u2028', '\n', '\r', '\ud83d', 'foo bar', '\u0001', '\b', '\0', '\v', '\t', '\ufeff');

describe('a pattern of a definition', () => {
  it.each(patterns)('means what it means to a browser: %s', (pattern) => {
    const { test, testWhole } = linearPattern(pattern);
    const anywhere = new RegExp(pattern, 'u');
    const whole = new RegExp(`^(?:${pattern})$`, 'u');
    expect(texts.filter(test)).toEqual(texts.filter((text) => anywhere.test(text)));
    expect(texts.filter(testWhole)).toEqual(texts.filter((text) => whole.test(text)));
  });

  it.each([
    ['(?=a)b', 'looks ahead or behind with (?=…), which cannot be checked in bounded time: write what is allowed'],
    ['(?<!x)y', 'looks ahead or behind with (?<!…)'],
    [String.raw`(a)\1`, String.raw`refers back to a group with \1`],
    [String.raw`(?<n>a)\k<n>`, String.raw`refers back to a group with \k`],
    ['(', 'is not a regular expression: /(/u: Unterminated group'],
    ['(a{100}){100}', 'has 10200 parts with its repetitions written out; at most 1000 are allowed: repeat less'],
    ['a'.repeat(1001), 'has 1001 characters; at most 1000 are allowed'],
    [String.raw`\p{Script_Extensions=Greek}`, 'is not supported: error parsing regexp'],
  ])('is refused with what is wrong and how to mend it: %s', (pattern, problem) => {
    expect(patternProblem(pattern)).toContain(problem);
    expect(() => linearPattern(pattern)).toThrow('');
  });
});

import { expect, it } from 'vitest';
import { cutText, shortenText, storableText } from '../../../workflows/contract/cut-text.ts';

it('a text is cut between characters, never within one', () => {
  expect(cutText('ab😀', 3)).toBe('ab');
  expect(cutText('ab😀', 4)).toBe('ab😀');
  expect(cutText('😀', 0)).toBe('');
  expect(cutText('abc', 2)).toBe('ab');
  expect(shortenText('ab😀d', 3)).toBe('ab…');
  expect(shortenText('ab😀', 4)).toBe('ab😀');
});

it('what no database takes becomes the replacement character', () => {
  expect(storableText('a\0b\uD83D')).toBe('a\uFFFDb\uFFFD');
  expect(cutText('\uDE00\0', 9)).toBe('\uFFFD\uFFFD');
  expect(shortenText('\uD83Dab', 2)).toBe('\uFFFDa…');
});

import { expect, test } from 'vitest';
import { bestOf, frontOf, type Rated } from '../../../../workflows/contract/experiments/front.ts';

const round = (number: number, bitrateMbps: number, psnrDb: number | null): Rated => ({ number, bitrateMbps, psnrDb });
const small = round(1, 0.1, 28);
const good = round(2, 0.5, 36);
const worse = round(3, 0.6, 35);
const lossless = round(4, 9, null);
const rounds = [small, good, worse, lossless];

test('the front leaves out a round that another surpasses in bitrate and in quality', () => {
  expect([...frontOf(rounds)]).toEqual([1, 2, 4]);
});

test('equal rounds are all on the front', () => {
  expect([...frontOf([good, { ...good, number: 5 }])]).toEqual([2, 5]);
});

test('the best round is the smallest with the wanted quality', () => {
  expect(bestOf(rounds, 30)).toBe(2);
  expect(bestOf(rounds, 20)).toBe(1);
  expect(bestOf(rounds, 100)).toBe(4);
});

test('without the wanted quality, the best round is the one with the most', () => {
  expect(bestOf([small, good, worse], 40)).toBe(2);
  expect(bestOf([], 40)).toBeNull();
});

import { expect, test } from 'vitest';
import { percentile } from '../../../bench/measure.ts';
import { publishedDurationsMs } from '../../support/runs/published-durations.ts';

test('L02: the fixture of 44 runs has exactly the figures that were published', () => {
  const sorted = publishedDurationsMs.toSorted((left, right) => left - right);
  expect(sorted).toHaveLength(44);
  expect([sorted[0], sorted.at(-1)]).toEqual([61_500, 247_300]);
  expect(sorted.reduce((sum, duration) => sum + duration, 0) / 44).toBe(165_200);
  expect(percentile(publishedDurationsMs, 0.95)).toBe(230_200);
  // The 41st and the 42nd are those that an interpolated percentile lies between.
  expect([sorted[40], sorted[41]]).toEqual([230_200, 230_200]);
});

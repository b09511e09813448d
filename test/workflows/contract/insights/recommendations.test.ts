import { expect, it } from 'vitest';
import { randomLcg } from 'd3-random';
import { leastForUpperEnd, quantileInterval } from '../../../../workflows/contract/insights/confidence.ts';
import { distributionOf } from '../../../../workflows/contract/insights/distribution.ts';
import { recommendLimits, startingPoints } from '../../../../workflows/contract/insights/recommend-limits.ts';
import { recommendWorkers } from '../../../../workflows/contract/insights/recommend-workers.ts';
import { summariesOf } from '../../../../workflows/contract/insights/run-tally.ts';
import {
  changedLimits,
  limitsVersionProblems,
  versionedKinds,
} from '../../../../workflows/contract/limits/limits-version.ts';
import { runsOf, type RunChanges } from '../../../support/runs/run-of.ts';

function recommended(count: number, changes: (number: number) => RunChanges, kind = 'ai') {
  const recommendation = recommendLimits(summariesOf(runsOf(count, changes)), {});
  return { ...recommendation, own: recommendation.kinds.find((one) => one.kind === kind) };
}

it('L03: a limit follows from the upper end of the confidence interval of p99, times a margin', () => {
  const { change, own } = recommended(1000, (number) => ({ durationMs: 20_000 + number * 10 }));
  expect(own?.attempt).toMatchObject({ share: 0.99, value: 29.89 });
  expect(own?.attempt?.low).toBeLessThan(29.89);
  expect(own?.attempt?.high).toBeGreaterThan(29.89);
  // At most 29.99 s times 1.5, in whole 5 s.
  expect(change).toEqual({ ai: { attemptSeconds: 45 } });
  expect(own?.why).toContain('p99 of 1000 attempts is 29.9 s');
});

it('L03: nothing is recommended from fewer runs than are needed; L04: a kind without runs has a starting point', () => {
  const { change, own } = recommended(49, () => ({}));
  expect(change).toEqual({});
  expect(own).toMatchObject({ runs: 49, missingRuns: 1, attempt: null, startingPoint: [300, 600] });
  expect(own?.why).toBe('1 more run needed; a starting point is 300 to 600 s');
  expect(startingPoints).toMatchObject({ batch: [300, 600], webhook: [120, 180], delivery: [60, 120] });
});

it('L03: runs that a tight limit ended raise it; refused runs, loops and hung runs do not', () => {
  const cut = { outcome: 'timed_out', reason: 'timeout_start_to_close' } as const;
  const work = { durationMs: 800_000 };
  const tight = recommended(100, (number) => (number % 4 === 0 ? { ...cut, durationMs: 900_000 } : work));
  expect(tight.change).toEqual({ ai: { attemptSeconds: 1350 } });
  expect(tight.own?.why).toContain('a limit ended 25');
  const failures: readonly RunChanges[] = [
    { outcome: 'failed', reason: 'receiver_refused', statusCode: 403, durationMs: 5_000_000 },
    { outcome: 'timed_out', reason: 'time_limit', longestRepeat: 9, durationMs: 5_000_000 },
    { ...cut, durationMs: 5_000_000 },
  ];
  const fitting = { durationMs: 570_000 };
  for (const failure of failures) {
    const { change, own } = recommended(200, (number) => (number % 4 === 0 ? failure : fitting));
    expect([change, own?.runs]).toEqual([{}, 150]);
    expect(own?.why).toMatch(/the limits fit$/);
  }
});

it('L03: the arithmetic of limits holds for every recommendation, whatever runs take', () => {
  for (const durationMs of [1, 900, 59_000, 700_000, 9_000_000, 400_000_000]) {
    const runs = versionedKinds.flatMap((work) => runsOf(60, { work, durationMs }));
    const current = { ai: { heartbeatSeconds: 120, attemptSeconds: 7200 }, webhook: { totalSeconds: 600 } };
    const { change } = recommendLimits(summariesOf(runs), current);
    expect(limitsVersionProblems(changedLimits(current, change))).toEqual([]);
  }
});

it('L03: an upper end of p99 covers the true one in 97.5 % of samples, and few runs are said to have none', () => {
  expect([leastForUpperEnd(0.99), leastForUpperEnd(0.95)]).toEqual([368, 72]);
  const draw = randomLcg(0.42);
  const sampleOf = (count: number) => distributionOf(Array.from({ length: count }, draw));
  expect(quantileInterval(sampleOf(367), 0.99).isBounded).toBe(false);
  expect(quantileInterval(sampleOf(50), 0.99).isBounded).toBe(false);
  for (const count of [368, 700]) {
    const intervals = Array.from({ length: 500 }, () => quantileInterval(sampleOf(count), 0.99));
    expect(intervals.every(({ isBounded }) => isBounded)).toBe(true);
    // Three standard errors below what it says; two for both ends together.
    expect(intervals.filter(({ high }) => high >= 0.99).length).toBeGreaterThan(475);
    expect(intervals.filter(({ low, high }) => low <= 0.99 && high >= 0.99).length).toBeGreaterThan(460);
  }
});

it('L03: fewer runs than an upper end needs may raise a limit, and not lower it', () => {
  const few = recommended(367, (number) => ({ durationMs: 20_000 + number }));
  expect(few.change).toEqual({});
  expect(few.own?.why).toContain('a limit is not lowered from fewer than 368 runs');
  expect(few.own?.why).toContain('do not tell an upper end; the longest took 20.4 s');
  expect(recommended(368, (number) => ({ durationMs: 20_000 + number })).change).toEqual({
    ai: { attemptSeconds: 35 },
  });
  expect(recommended(50, () => ({ durationMs: 1_000_000 })).change).toMatchObject({ ai: { attemptSeconds: 1500 } });
});

it('L03: the interval is the same each time, and takes no time for large samples', () => {
  const sample = distributionOf(Array.from({ length: 20_000 }, (_, index) => index + 1));
  const interval = quantileInterval(sample, 0.95);
  expect(interval).toEqual(quantileInterval(sample, 0.95));
  // The standard error of the rank is the root of n p (1 - p): 30.8, and 1.96 of it are 60.
  expect(interval.value).toBe(19_000);
  expect(Math.abs(interval.high - 19_060)).toBeLessThan(12);
  expect(Math.abs(interval.low - 18_940)).toBeLessThan(12);
});

it('L03: slots, memory and warm browsers follow from the busiest hours, and not from too few runs', () => {
  // 24 hours of 60 sessions of six minutes: six are in use at once on average, and chance needs twice the root of that more.
  const sessions = runsOf(24 * 60, (number) => ({
    work: 'computer_use',
    endedMs: Date.UTC(2026, 10, 29) + number * 60_000,
    durationMs: 360_000,
    memoryPeakBytes: 2 ** 29,
    coldStart: number % 4 === 0,
  }));
  expect(recommendWorkers(summariesOf(sessions), 50)).toMatchObject([
    { setting: 'LODESTONE_BROWSERS', runs: 1440, value: 11, memoryBytes: 11 * 2 ** 29 },
    { setting: 'LODESTONE_SANDBOXES', runs: 0, missingRuns: 50, value: null, why: '50 more runs needed' },
    { setting: 'LODESTONE_WARM_BROWSERS', value: 1, why: expect.stringContaining('360 of 1440 starts were cold') },
  ]);
});

it('L03: time in which a person drives the browser is a part of the attempt; the wait for an answer between attempts is none', () => {
  const waits = (attempts: number) =>
    recommended(400, () => ({ durationMs: 200_000, parts: { person: 150_000 }, attempts }));
  expect(waits(1).own?.attempt).toMatchObject({ value: 200 });
  expect(waits(2).own?.attempt).toMatchObject({ value: 50 });
});

import { expect, it } from 'vitest';
import { analyse } from '../../../../workflows/contract/insights/analysis.ts';
import {
  bucketsOf,
  distributionOf,
  figuresOf,
  joined,
  pointsOf,
} from '../../../../workflows/contract/insights/distribution.ts';
import { summariesOf } from '../../../../workflows/contract/insights/run-tally.ts';
import { publishedDurationsMs } from '../../../support/runs/published-durations.ts';
import { runOf, runsOf } from '../../../support/runs/run-of.ts';

it('L01, L02: the published runs come out with exactly the published figures', () => {
  const runs = publishedDurationsMs.map((durationMs, number) => runOf(number, { durationMs }));
  const { total } = analyse(summariesOf(runs), 'kind');
  expect(total).toMatchObject({ runs: 44, aboveMinute: 44 });
  const { min, max, mean, p50, p95, p99, variance } = total.durationMs;
  expect([min, max, p50, p95, p99]).toEqual([61_500, 247_300, 163_600, 230_200, 247_300]);
  expect(mean).toBeCloseTo(165_200, 6);
  const squares = publishedDurationsMs.map((duration) => (duration - 165_200) ** 2);
  expect(variance).toBeCloseTo(squares.reduce((sum, square) => sum + square, 0) / 43, 2);
});

it('L12: a report splits time, errors, memory, starts and cost by kind, lead magnet, model or step', () => {
  const runs = [
    ...runsOf(2, {
      parts: { queue: 4000, browser: 1000 },
      coldStart: true,
      memoryPeakBytes: 200,
      memoryMeanBytes: 100,
    }),
    runOf(2, { work: 'webhook', partId: 'notify', model: null, outcome: 'failed', reason: 'receiver_unavailable' }),
    runOf(3, { kind: 'item', work: 'item', leadMagnet: null, model: 'small', partId: '7' }),
  ];
  const summaries = summariesOf(runs);
  const names = (by: Parameters<typeof analyse>[1]) => analyse(summaries, by).groups.map(({ name }) => name);
  expect(names('kind')).toEqual(['step ai', 'step webhook', 'item']);
  expect(names('lead-magnet')).toEqual(['report', 'no lead magnet']);
  expect(names('model')).toEqual(['large', 'no model', 'small']);
  expect(names('step')).toEqual(['report/write', 'report/notify', 'item']);
  const [written, notified] = analyse(summaries, 'kind').groups;
  expect(written?.timeByPart).toEqual([
    { part: 'model', ms: 10_000, share: 0.5 },
    { part: 'queue', ms: 8000, share: 0.4 },
    { part: 'browser', ms: 2000, share: 0.1 },
  ]);
  expect(written).toMatchObject({ coldStarts: 2, warmStarts: 0, memoryMeanBytes: 100, inputTokens: 200 });
  expect(written?.memoryPeakBytes).toMatchObject({ mean: 200, max: 200 });
  expect(written?.costMicroUsd).toMatchObject({ sum: 2000, mean: 1000 });
  expect(notified).toMatchObject({ errors: { receiver_unavailable: 1 }, outcomes: { failed: 1 } });
});

it('L02: quantiles of buckets are within 2 % of the exact ones, and all other figures are exact', () => {
  const values = Array.from({ length: 5000 }, (_, index) => Math.round(1000 * 1.0015 ** index) + (index % 7));
  const exact = distributionOf(values);
  const parts = [values.slice(0, 1234), values.slice(1234)].map(distributionOf);
  const coarse = joined(parts.map((part) => ({ ...part, ...pointsOf(bucketsOf(part)) })));
  expect(coarse.values.length).toBeLessThan(420);
  const [wanted, got] = [figuresOf(exact), figuresOf(coarse)];
  for (const name of ['p50', 'p95', 'p99'] as const) {
    expect(Math.abs(got[name] / wanted[name] - 1)).toBeLessThan(0.02);
  }
  expect(got).toMatchObject({ count: wanted.count, sum: wanted.sum, min: wanted.min, max: wanted.max });
  expect(got.variance / wanted.variance).toBeCloseTo(1, 9);
  expect(figuresOf(distributionOf([]))).toMatchObject({ count: 0, mean: 0, p95: 0, variance: 0 });
});

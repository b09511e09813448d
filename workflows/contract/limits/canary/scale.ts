/**
 * What runs are measured by: figures of the control, learned before the runs that are scored by them. Pure.
 *
 * Any threshold that is fixed before a run makes the test right; one that is near the truth makes it quick.
 */
import type { CanarySettings } from './settings.ts';

const tail = 0.05;

/**
 * Costs above the harmful ratio to this quantile count as that: a mean of heavy-tailed costs has no test without a bound.
 * Without the ratio, dearer runs would not be seen where all cost the same.
 */
const costQuantile = 0.99;

/** A run that is under way for longer than this many times what counts as harmfully slow is not waited for. */
const patience = 2;

/** Where runs take milliseconds, waiting this long for one costs nothing. */
const leastOverdueMs = 60_000;

export interface Scale {
  readonly p95Ms: number;
  /** The score of a run that takes exactly the p95, so that the control's mean is 0.05 also when many durations are equal. */
  readonly tieScore: number;
  /** Runs longer than this are overdue. */
  readonly overdueMs: number;
  /** 0 when the control costs nothing. */
  readonly costCap: number;
}

export function learnScale(
  durationsMs: readonly number[],
  costs: readonly number[],
  { durationRatio, costRatio }: Pick<CanarySettings, 'durationRatio' | 'costRatio'>,
): Scale {
  const sorted = Float64Array.from(durationsMs).sort();
  const p95Ms = quantile(sorted, 1 - tail);
  const above = sorted.reduce((count, duration) => count + Number(duration > p95Ms), 0);
  const equal = sorted.reduce((count, duration) => count + Number(duration === p95Ms), 0);
  return {
    p95Ms,
    tieScore: Math.min(1, Math.max(0, (tail * sorted.length - above) / equal)),
    overdueMs: Math.max(leastOverdueMs, patience * durationRatio * p95Ms),
    costCap: costRatio * quantile(Float64Array.from(costs).sort(), costQuantile),
  };
}

/** The nearest rank; 0 for an empty sample. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)] ?? 0;
}

/** 1 for a run in the slowest twentieth, by the control's figures. */
export function durationScore(scale: Scale, durationMs: number): number {
  if (durationMs > scale.p95Ms) return 1;
  return durationMs === scale.p95Ms ? scale.tieScore : 0;
}

/** The cost as a share of the highest that counts; where the control is free, whether there is one. */
export function costScore(scale: Scale, cost: number): number {
  if (scale.costCap === 0) return Number(cost > 0);
  return Math.min(cost, scale.costCap) / scale.costCap;
}

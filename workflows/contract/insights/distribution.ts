/**
 * A sample as values with their counts, from which figures and quantiles follow. Exact when made of values; made of buckets, its
 * quantiles are within 1 % of the exact ones and its other figures are exact. Two samples can be joined. Pure.
 */

export interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** 0 for an empty sample, like the largest. */
  readonly min: number;
  readonly max: number;
  /** Values with how often they occur, in ascending order. */
  readonly points: readonly (readonly [value: number, count: number])[];
}

export interface Figures {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Of the sample: the squared distances from the mean, divided by one less than the count; 0 for one value. */
  readonly variance: number;
}

export const emptyDistribution: Distribution = { count: 0, sum: 0, sumOfSquares: 0, min: 0, max: 0, points: [] };

export function distributionOf(values: Iterable<number>): Distribution {
  const counts = new Map<number, number>();
  let [count, sum, sumOfSquares, min, max] = [0, 0, 0, Infinity, -Infinity];
  for (const value of values) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
    count += 1;
    sum += value;
    sumOfSquares += value * value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return count === 0 ? emptyDistribution : { count, sum, sumOfSquares, min, max, points: ascending(counts) };
}

export function joined(distributions: readonly Distribution[]): Distribution {
  const filled = distributions.filter(({ count }) => count > 0);
  const [first] = filled;
  if (first === undefined) return emptyDistribution;
  if (filled.length === 1) return first;
  const counts = new Map<number, number>();
  let [count, sum, sumOfSquares, min, max] = [0, 0, 0, first.min, first.max];
  for (const one of filled) {
    for (const [value, times] of one.points) counts.set(value, (counts.get(value) ?? 0) + times);
    count += one.count;
    sum += one.sum;
    sumOfSquares += one.sumOfSquares;
    min = Math.min(min, one.min);
    max = Math.max(max, one.max);
  }
  return { count, sum, sumOfSquares, min, max, points: ascending(counts) };
}

/**
 * The quantile by nearest rank: the smallest value that at least this share of the sample does not exceed. Every percentile of
 * the reports is defined so. 0 for an empty sample.
 */
export function quantile(distribution: Distribution, share: number): number {
  return valueAtRank(distribution, Math.ceil(share * distribution.count - 1e-9));
}

/** The value with this rank, from 1 to the count; ranks outside count as the first or the last. */
export function valueAtRank({ points, min, max }: Distribution, rank: number): number {
  let seen = 0;
  for (const [value, count] of points) {
    seen += count;
    // The middle of a bucket may lie outside of what was seen.
    if (seen >= rank) return Math.min(max, Math.max(min, value));
  }
  return max;
}

/** How many values are at least this. */
export function countFrom({ points }: Distribution, least: number): number {
  return points.reduce((sum, [value, count]) => (value >= least ? sum + count : sum), 0);
}

export function figuresOf(distribution: Distribution): Figures {
  const { count, sum, sumOfSquares, min, max } = distribution;
  const mean = count === 0 ? 0 : sum / count;
  return {
    count,
    sum,
    min,
    max,
    mean,
    p50: quantile(distribution, 0.5),
    p95: quantile(distribution, 0.95),
    p99: quantile(distribution, 0.99),
    // The two sums may differ by rounding where all values are equal.
    variance: count < 2 ? 0 : Math.max(0, (sumOfSquares - sum * mean) / (count - 1)),
  };
}

/** A bucket with its count; buckets are 2 % wide, and the number of the one for 0 is null. */
export type Bucket = readonly [number: number | null, count: number];

const width = Math.log(1.02);

/** The number of a value's bucket; null for 0 and below. */
export function bucketOf(value: number): number | null {
  return value > 0 ? Math.floor(Math.log(value) / width + 1e-9) : null;
}

export function bucketsOf({ points }: Distribution): readonly Bucket[] {
  const counts = new Map<number | null, number>();
  for (const [value, count] of points) {
    const bucket = bucketOf(value);
    counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  }
  return [...counts];
}

/** The middle of each bucket stands for its values. */
export function pointsOf(buckets: readonly Bucket[]): Distribution['points'] {
  return ascending(new Map(buckets.map(([bucket, count]) => [bucket === null ? 0 : middleOf(bucket), count])));
}

function middleOf(bucket: number): number {
  return Math.exp((bucket + 0.5) * width);
}

function ascending(counts: ReadonlyMap<number, number>): Distribution['points'] {
  return [...Float64Array.from(counts.keys()).sort()].map((value) => [value, counts.get(value) ?? 0] as const);
}

/**
 * A sample as values with their counts, from which figures and quantiles follow. Exact when made of values; made of buckets, its
 * quantiles are within 1 % of the exact ones and its other figures are exact. Samples can be joined. Pure.
 */

export interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** 0 for an empty sample, like the largest. */
  readonly min: number;
  readonly max: number;
  /** In ascending order, and how often each occurs. Two lists of numbers, since a report has hundreds of thousands of them. */
  readonly values: readonly number[];
  readonly counts: readonly number[];
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

export const emptyDistribution: Distribution = {
  count: 0,
  sum: 0,
  sumOfSquares: 0,
  min: 0,
  max: 0,
  values: [],
  counts: [],
};

export function distributionOf(sample: Iterable<number>): Distribution {
  const sorted = Float64Array.from(sample).sort();
  const count = sorted.length;
  if (count === 0) return emptyDistribution;
  let [sum, sumOfSquares] = [0, 0];
  for (const value of sorted) {
    sum += value;
    sumOfSquares += value * value;
  }
  const once = { values: [...sorted], counts: Array.from({ length: count }, () => 1) };
  return { count, sum, sumOfSquares, min: sorted[0] ?? 0, max: sorted[count - 1] ?? 0, ...merged(once, nothing) };
}

export function joined(distributions: readonly Distribution[]): Distribution {
  const filled = distributions.filter(({ count }) => count > 0);
  const [first] = filled;
  if (first === undefined) return emptyDistribution;
  if (filled.length === 1) return first;
  const total = (of: (one: Distribution) => number): number => filled.reduce((sum, one) => sum + of(one), 0);
  return {
    count: total(({ count }) => count),
    sum: total(({ sum }) => sum),
    sumOfSquares: total(({ sumOfSquares }) => sumOfSquares),
    min: filled.reduce((least, { min }) => Math.min(least, min), first.min),
    max: filled.reduce((most, { max }) => Math.max(most, max), first.max),
    ...mergedAll(filled),
  };
}

type Points = Pick<Distribution, 'values' | 'counts'>;
const nothing: Points = { values: [], counts: [] };

/** In halves, so that each value is copied a few times only. */
function mergedAll(all: readonly Points[]): Points {
  const [first = nothing, second = nothing] = all;
  if (all.length <= 2) return merged(first, second);
  const half = Math.floor(all.length / 2);
  return merged(mergedAll(all.slice(0, half)), mergedAll(all.slice(half)));
}

function merged(left: Points, right: Points): Points {
  const values: number[] = [];
  const counts: number[] = [];
  let [atLeft, atRight] = [0, 0];
  for (;;) {
    const ofLeft = left.values[atLeft] ?? Infinity;
    const ofRight = right.values[atRight] ?? Infinity;
    const value = Math.min(ofLeft, ofRight);
    if (value === Infinity) return { values, counts };
    const count = ofLeft <= ofRight ? left.counts[atLeft++] : right.counts[atRight++];
    if (values.at(-1) === value) counts[counts.length - 1] = (counts.at(-1) ?? 0) + (count ?? 0);
    else {
      values.push(value);
      counts.push(count ?? 0);
    }
  }
}

/**
 * The quantile by nearest rank: the smallest value that at least this share of the sample does not exceed. Every percentile of
 * the reports is defined so. 0 for an empty sample.
 */
export function quantile(distribution: Distribution, share: number): number {
  return valueAtRank(distribution, Math.ceil(share * distribution.count - 1e-9));
}

/** The value with this rank, from 1 to the count; ranks outside count as the first or the last. */
export function valueAtRank({ values, counts, min, max }: Distribution, rank: number): number {
  let seen = 0;
  for (const [index, count] of counts.entries()) {
    seen += count;
    // The middle of a bucket may lie outside of what was seen.
    if (seen >= rank) return Math.min(max, Math.max(min, values[index] ?? max));
  }
  return max;
}

/** How many values are at least this. */
export function countFrom({ values, counts }: Distribution, least: number): number {
  return counts.reduce((sum, count, index) => ((values[index] ?? 0) >= least ? sum + count : sum), 0);
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

const width = Math.log(1.02);

/** Values and counts of a sample by bucket. Buckets are 2 % wide; the number of the one for 0 and below is null. */
export interface Buckets {
  readonly numbers: readonly (number | null)[];
  readonly counts: readonly number[];
}

function bucketOf(value: number): number | null {
  return value > 0 ? Math.floor(Math.log(value) / width + 1e-9) : null;
}

export function bucketsOf({ values, counts }: Points): Buckets {
  const buckets = new Map<number | null, number>();
  for (const [index, value] of values.entries()) {
    const bucket = bucketOf(value);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + (counts[index] ?? 0));
  }
  return { numbers: [...buckets.keys()], counts: [...buckets.values()] };
}

/** The middle of each bucket stands for its values. The buckets are in ascending order, as they were made. */
export function pointsOf({ numbers, counts }: Buckets): Points {
  return { values: numbers.map((bucket) => (bucket === null ? 0 : Math.exp((bucket + 0.5) * width))), counts };
}

/**
 * The confidence interval of a quantile by bootstrap, from a sample of any size at the same cost. Pure: the seed decides.
 *
 * The quantile of a resample is one of the sample's own values: the one at the share below which the rank's order statistic of as
 * many uniform draws lies. That share has a beta distribution, so it is drawn from there instead of drawing whole resamples.
 */
import { randomBeta, randomLcg } from 'd3-random';
import { valueAtRank, type Distribution } from './distribution.ts';

export interface QuantileInterval {
  readonly share: number;
  readonly value: number;
  /** The interval holds the true quantile in 95 % of samples. */
  readonly low: number;
  readonly high: number;
}

const resamples = 2000;
const seed = 0.42;
const tail = 0.025;

export function quantileInterval(sample: Distribution, share: number): QuantileInterval {
  const { count } = sample;
  if (count === 0) return { share, value: 0, low: 0, high: 0 };
  const rank = Math.max(1, Math.ceil(share * count - 1e-9));
  const draw = randomBeta.source(randomLcg(seed))(rank, count - rank + 1);
  const shares = Float64Array.from({ length: resamples }, draw).sort();
  const at = (place: number): number => valueAtRank(sample, Math.ceil((shares[Math.floor(place)] ?? 1) * count));
  return {
    share,
    value: valueAtRank(sample, rank),
    low: at(tail * resamples),
    high: at((1 - tail) * resamples),
  };
}

/** What simulated runs take and cost: heavy-tailed durations and costs, drawn from a seeded generator. */
import { randomLogNormal, randomPareto } from 'd3-random';
import { publishedDurationsMs } from '../../test/support/runs/published-durations.ts';

/** Draws from 0 up to 1. */
export type Uniform = () => number;

/** Makes a sampler of positive numbers. */
export type Distribution = (uniform: Uniform) => () => number;

/** Its median is `median`; the p95 is 2.3 times that with a sigma of 0.5, 5.2 times with 1, and 11.8 times with 1.5. */
export function logNormal(median: number, sigma: number): Distribution {
  return (uniform) => randomLogNormal.source(uniform)(Math.log(median), sigma);
}

/** A log-normal body, and one in ten from a Pareto tail: a variance without bound. */
export function paretoTail(median: number, sigma: number): Distribution {
  return (uniform) => {
    const body = logNormal(median, sigma)(uniform);
    const tail = randomPareto.source(uniform)(1.5);
    const from = median * Math.exp(1.2816 * sigma);
    return () => (uniform() < 0.1 ? from * tail() : body());
  };
}

/** The published durations, drawn with replacement: many are equal. */
export const published: Distribution = (uniform) => () =>
  publishedDurationsMs[Math.floor(uniform() * publishedDurationsMs.length)] ?? 0;

/** A share of the runs costs nothing. */
export function partlyZero(share: number, distribution: Distribution): Distribution {
  return (uniform) => {
    const positive = distribution(uniform);
    return () => (uniform() < share ? 0 : positive());
  };
}

/** The 90th percentile of a distribution, from draws of its own. */
export function p90Of(distribution: Distribution, uniform: Uniform): number {
  const sampler = distribution(uniform);
  const draws = Float64Array.from({ length: 200_000 }, () => sampler()).sort();
  return draws[Math.ceil(0.9 * draws.length) - 1] ?? 0;
}

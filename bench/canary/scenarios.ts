/** The canaries that are simulated: what the runs are like, what the candidate changes, and what must come of it. */
import { logNormal, paretoTail, partlyZero, published, type Distribution } from './workloads.ts';

export interface Workload {
  readonly durations: Distribution;
  readonly errorRate: number;
  readonly costs: Distribution;
  /** Over a day, all durations of both arms swing between 1 and this many times theirs. */
  readonly dailySwing: number;
}

/** What the candidate does to its runs. */
export interface Change {
  readonly durationRatio?: number;
  /** For the slowest tenth alone. */
  readonly tailRatio?: number;
  readonly errorPoints?: number;
  readonly costRatio?: number;
}

/** `unchanged` must be rolled back in 5 % at most, `harmful` in 95 % at least; `better` must be promoted in 95 %. */
export type Kind = 'unchanged' | 'harmful' | 'better';

export interface Scenario {
  readonly name: string;
  readonly kind: Kind;
  readonly workload: Workload;
  readonly change: Change;
}

const minute = 60_000;

const durations: Readonly<Record<string, Distribution>> = {
  'published durations': published,
  'log-normal, sigma 0.25': logNormal(minute, 0.25),
  'log-normal, sigma 0.5': logNormal(minute, 0.5),
  'log-normal, sigma 1': logNormal(minute, 1),
  'log-normal, sigma 1.5': logNormal(minute, 1.5),
  'log-normal, a tenth from a Pareto tail': paretoTail(minute, 0.5),
};

const errorRates = [0, 0.02, 0.1, 0.3];

const usual = logNormal(100_000, 1);

const costs: Readonly<Record<string, Distribution>> = {
  'cost log-normal, sigma 0.5': logNormal(100_000, 0.5),
  'cost log-normal, sigma 1': usual,
  'cost log-normal, sigma 1.5': logNormal(100_000, 1.5),
  'cost with a Pareto tail': paretoTail(100_000, 0.5),
  'half of the runs free': partlyZero(0.5, usual),
  'nine in ten runs free': partlyZero(0.9, usual),
};

const workload: Workload = { durations: published, errorRate: 0.02, costs: usual, dailySwing: 1 };

export const scenarios: readonly Scenario[] = [
  ...overDurations('unchanged', 'no change', {}),
  ...errorRates.map((rate) => ofErrors('unchanged', 'no change', rate, {})),
  ...overCosts('unchanged', 'no change', {}),
  scenario('unchanged', 'no change; all runs free', { costs: () => () => 0 }, {}),
  scenario('unchanged', 'no change; durations double over the day', { dailySwing: 2 }, {}),
  ...overDurations('harmful', 'all durations × 1.5', { durationRatio: 1.5 }),
  ...overDurations('harmful', 'slowest tenth × 1.5', { tailRatio: 1.5 }),
  ...errorRates.map((rate) => ofErrors('harmful', 'errors + 5 points', rate, { errorPoints: 0.05 })),
  ...overCosts('harmful', 'costs × 1.5', { costRatio: 1.5 }),
  scenario('better', 'durations and costs × 0.7', {}, { durationRatio: 0.7, costRatio: 0.7 }),
];

function scenario(kind: Kind, name: string, differences: Partial<Workload>, change: Change): Scenario {
  return { kind, name, workload: { ...workload, ...differences }, change };
}

function overDurations(kind: Kind, name: string, change: Change): Scenario[] {
  return Object.entries(durations).map(([label, distribution]) =>
    scenario(kind, `${name}; ${label}`, { durations: distribution }, change),
  );
}

function overCosts(kind: Kind, name: string, change: Change): Scenario[] {
  return Object.entries(costs).map(([label, distribution]) =>
    scenario(kind, `${name}; ${label}`, { costs: distribution }, change),
  );
}

function ofErrors(kind: Kind, name: string, errorRate: number, change: Change): Scenario {
  return scenario(kind, `${name}; ${100 * errorRate} % errors`, { errorRate }, change);
}

/**
 * A07, A08: how likely it is that work is cut off by a limit, as a number from 0 to 100. Half of it judges the limits in force of all lead
 * magnets, half what was recorded. docs/audits.md has the formula. Pure.
 */
import { riskScenarios, type RiskScenario } from '../limits/limit-risks.ts';

export interface TimeoutRiskFigures {
  readonly leadMagnets: number;
  /** How many lead magnets have a scenario at the level `high`. */
  readonly atHigh: Readonly<Record<RiskScenario, number>>;
  /** Runs that have ended, those that used 80 % of their limit, and those that a time-out ended. */
  readonly runs: number;
  readonly reached80: number;
  readonly timeouts: number;
}

/** A part of the score: how many of its points are given. */
export interface RiskPart {
  readonly part: RiskScenario | 'timeouts' | 'near_limit';
  readonly points: number;
  readonly most: number;
}

export interface TimeoutRiskScore {
  readonly score: number;
  readonly parts: readonly RiskPart[];
}

/** The most points of each part: 100 together. */
export const mostPoints = {
  loop_budget: 15,
  several_loops: 10,
  step_limit: 15,
  job_limit: 10,
  timeouts: 30,
  near_limit: 20,
} as const satisfies Readonly<Record<RiskPart['part'], number>>;

/** Shares of runs that give all points of their part. */
export const fullTimeoutShare = 0.05;
export const fullNearLimitShare = 0.2;

/**
 * 0 where no limit in force is at risk and no run came near its limit. One more time-out, or a lead magnet that comes to be at
 * risk, never lowers it.
 */
export function timeoutRiskScore(figures: TimeoutRiskFigures): TimeoutRiskScore {
  const { leadMagnets, atHigh, runs, reached80, timeouts } = figures;
  const parts: readonly RiskPart[] = [
    // The root: one lead magnet of a hundred at risk is a tenth of the points, because its jobs are lost all the same.
    ...riskScenarios.map((scenario) => part(scenario, Math.sqrt(shareOf(atHigh[scenario], leadMagnets)))),
    part('timeouts', shareOf(timeouts, runs) / fullTimeoutShare),
    part('near_limit', shareOf(reached80, runs) / fullNearLimitShare),
  ];
  return { score: Math.round(parts.reduce((sum, { points }) => sum + points, 0)), parts };
}

function part(name: RiskPart['part'], share: number): RiskPart {
  const most = mostPoints[name];
  return { part: name, points: most * Math.min(1, share), most };
}

function shareOf(some: number, all: number): number {
  return all === 0 ? 0 : Math.min(1, some / all);
}

import { describe, expect, it } from 'vitest';
import { mostPoints, timeoutRiskScore } from '../../../../workflows/contract/audits/timeout-risk.ts';
import { riskScenarios } from '../../../../workflows/contract/limits/limit-risks.ts';

const none = { loop_budget: 0, several_loops: 0, step_limit: 0, job_limit: 0 };
const calm = { leadMagnets: 10, atHigh: none, runs: 1_000, reached80: 0, timeouts: 0 };

/** Lead magnets at risk, runs, runs near their limit and time-outs: none, one, some, and all. */
const grid = [0, 1, 7, 100].flatMap((high) =>
  [0, 1, 10, 999].flatMap((runs) =>
    [0, 0.01, 0.5, 1].flatMap((near) =>
      [0, 0.02, 1].map((out) => {
        const reached80 = Math.round(runs * near);
        const atHigh = { ...none, loop_budget: high, job_limit: Math.floor(high / 2) };
        return { leadMagnets: 100, atHigh, runs, reached80, timeouts: Math.round(reached80 * out) };
      }),
    ),
  ),
);

describe('A07, A08: the risk score', () => {
  it('is 0 where nothing is at risk, and where there is nothing', () => {
    expect(timeoutRiskScore(calm).score).toBe(0);
    expect(timeoutRiskScore({ leadMagnets: 0, atHigh: none, runs: 0, reached80: 0, timeouts: 0 }).score).toBe(0);
  });

  it('is 100 where every lead magnet is at risk and every run is cut off', () => {
    const all = { loop_budget: 10, several_loops: 10, step_limit: 10, job_limit: 10 };
    expect(timeoutRiskScore({ leadMagnets: 10, atHigh: all, runs: 5, reached80: 5, timeouts: 5 }).score).toBe(100);
    expect(Object.values(mostPoints).reduce((sum, points) => sum + points, 0)).toBe(100);
  });

  it('is made of the points that docs/audits.md names', () => {
    const { score, parts } = timeoutRiskScore({
      leadMagnets: 100,
      atHigh: { ...none, step_limit: 25 },
      runs: 1_000,
      reached80: 100,
      timeouts: 10,
    });
    // 15 × √0.25, 30 × 0.01 / 0.05 and 20 × 0.1 / 0.2
    expect(parts.map(({ points }) => Number(points.toFixed(3)))).toEqual([0, 0, 7.5, 0, 6, 10]);
    expect(score).toBe(24);
  });

  it('never falls with one more time-out, or with a lead magnet that comes to be at risk', () => {
    for (const before of grid) {
      const { score } = timeoutRiskScore(before);
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(100);
      const { runs, reached80, timeouts, atHigh, leadMagnets } = before;
      const cutOff = { runs: runs + 1, reached80: reached80 + 1, timeouts: timeouts + 1 };
      expect(timeoutRiskScore({ ...before, ...cutOff }).score, JSON.stringify(before)).toBeGreaterThanOrEqual(score);
      for (const scenario of riskScenarios) {
        const raised = { ...atHigh, [scenario]: Math.min(leadMagnets, atHigh[scenario] + 1) };
        expect(timeoutRiskScore({ ...before, atHigh: raised }).score).toBeGreaterThanOrEqual(score);
      }
    }
  });
});

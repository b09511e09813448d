import { expect, test } from 'vitest';
import { scenarios, type Scenario } from '../../../bench/canary/scenarios.ts';
import { simulate } from '../../../bench/canary/simulate.ts';
import { boundHolds, table } from '../../../bench/canary/table.ts';

/** The short form of `npm run simulate:canary`: its scenarios that need few runs. The seeds are fixed. */
function played(name: string, seeds: number): ReturnType<typeof simulate> {
  const scenario = scenarios.find((candidate): candidate is Scenario => candidate.name === name);
  if (scenario === undefined) throw new Error(`no scenario is called "${name}"`);
  return simulate(scenario, seeds);
}

test('L18: candidates that change nothing are rolled back in 1 of 20 canaries at most, and the others are promoted', () => {
  const summaries = [played('no change; published durations', 200), played('no change; all runs free', 200)];
  expect(summaries.filter((summary) => !boundHolds(summary))).toEqual([]);
  for (const { promoted } of summaries) expect(promoted).toBeGreaterThanOrEqual(0.95);
});

test.for([
  'all durations × 1.5; published durations',
  'slowest tenth × 1.5; log-normal, sigma 0.5',
  'errors + 5 points; 2 % errors',
  'costs × 1.5; cost log-normal, sigma 1',
])('L18: a harmful candidate is rolled back in 19 of 20 canaries at least: %s', (name) => {
  expect(played(name, 150).rolledBack).toBeGreaterThanOrEqual(0.95);
});

test('L18: a broken bound is marked in the table', () => {
  const summary = { ...played('all durations × 1.5; published durations', 1), rolledBack: 0.94 };
  expect(boundHolds(summary)).toBe(false);
  expect(table([summary])).toContain('**broken**');
});

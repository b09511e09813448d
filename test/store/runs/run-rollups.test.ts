/** Rollups of runs by hour: made once an hour is over, whatever happens meanwhile, and kept when rows are removed. */
import { expect, test } from 'vitest';
import type { Database } from '../../../store/database/database.ts';
import { createRunReports } from '../../../store/runs/run-reports.ts';
import { createRunUpkeep } from '../../../store/runs/run-rollups.ts';
import { analyse } from '../../../workflows/contract/insights/analysis.ts';
import { hourMs } from '../../../workflows/contract/insights/run-summary.ts';
import { summariesOf } from '../../../workflows/contract/insights/run-tally.ts';
import { insertRuns } from '../../support/runs/insert-runs.ts';
import { runDatabase } from '../../support/runs/run-database.ts';
import { runOf, runsOf } from '../../support/runs/run-of.ts';

const noon = Date.UTC(2026, 10, 30, 12);
/** Twenty in an hour, with an hour between that has none. */
const runs = runsOf(120, (number) => ({
  tenant: number % 2 === 0 ? 'acme' : 'globex',
  model: number % 3 === 0 ? 'small' : 'large',
  endedMs: noon + Math.floor(number / 20) * 2 * hourMs + number,
  durationMs: Math.round(1000 * 1.05 ** number),
  memoryPeakBytes: 1000 + number,
  ...(number % 4 === 0 ? ({ outcome: 'failed', reason: 'provider_request', statusCode: 404 } as const) : {}),
}));

async function rollUp(database: Database, hours: number, signal = new AbortController().signal): Promise<number> {
  const now = new Date(noon + hours * hourMs);
  return createRunUpkeep(database).rollUp({ now, until: new Date(Date.now() + 60_000), signal });
}

const removeOld = (database: Database) =>
  createRunUpkeep(database).removeOld({ days: 1, now: new Date(noon + 72 * hourMs) });

const analysisOf = async (database: Database) => {
  const report = await createRunReports(database).report({ fromMs: noon + 1, toMs: noon + 100 * hourMs });
  return { ...report, analysis: analyse(report.summaries, 'model') };
};

test('L12: a report from rollups has the same counts, sums and findings as one from rows, and quantiles within 2 %', async () => {
  const database = await runDatabase();
  await insertRuns(database, runs);
  // Six hours with runs, and the hours after them in two steps.
  expect(await rollUp(database, 48)).toBe(8);
  const open = runOf(1, { key: 'open', endedMs: noon + 50 * hourMs, model: 'open' });
  await insertRuns(database, [open]);
  expect((await analysisOf(database)).source).toBe('rows');
  expect(await removeOld(database)).toBe(120);
  const { source, fromMs, analysis } = await analysisOf(database);
  expect([source, fromMs]).toEqual(['rollups', noon]);
  const exact = analyse(summariesOf([...runs, open]), 'model');
  expect(analysis.groups.map(({ name, runs: count }) => [name, count])).toEqual(
    exact.groups.map(({ name, runs: count }) => [name, count]),
  );
  for (const [index, group] of exact.groups.entries()) {
    const got = analysis.groups[index];
    const { p50, p95, p99, variance, ...figures } = group.durationMs;
    expect(got).toMatchObject({ refusals: group.refusals, outcomes: group.outcomes, timeByPart: group.timeByPart });
    expect(got?.durationMs).toMatchObject(figures);
    const exactly = { p50, p95, p99 };
    for (const name of ['p50', 'p95', 'p99'] as const) {
      expect(Math.abs((got?.durationMs[name] ?? 0) / exactly[name] - 1)).toBeLessThan(0.02);
    }
    expect(Math.abs((got?.durationMs.variance ?? 0) - variance)).toBeLessThan(1e-6 * variance + 1e-6);
  }
  // A sentence of evidence tells a p95, which differs by less than 2 %.
  const withAnyText = exact.findings.map((finding) => ({ ...finding, evidence: expect.any(String) }));
  expect(analysis.findings).toEqual(withAnyText);
});

test('L12: rolling up again, or after it was stopped, changes nothing; what was written late is added once', async () => {
  const database = await runDatabase();
  await insertRuns(database, runs.slice(0, 60));
  const stopped = AbortSignal.abort(new Error('stopped'));
  await expect(rollUp(database, 5, stopped)).rejects.toThrow('stopped');
  // At a quarter past five hours, the last of the three hours with runs is over.
  const [first, again] = [await rollUp(database, 5.25), await rollUp(database, 5.25)];
  expect([first, again]).toEqual([3, 0]);
  const countRuns = async () =>
    (await database.selectFrom('run_rollups').select('runs').execute()).reduce((sum, row) => sum + row.runs, 0);
  expect(await countRuns()).toBe(60);
  await insertRuns(database, [runOf(0, { key: 'late', endedMs: noon + 4 * hourMs })]);
  expect(await countRuns()).toBe(60);
  await rollUp(database, 24);
  expect(await countRuns()).toBe(61);
  expect(await rollUp(database, 24)).toBe(0);
});

test('L12: no row is removed before it is rolled up for good', async () => {
  const database = await runDatabase();
  await insertRuns(database, runs);
  expect(await removeOld(database)).toBe(0);
  await rollUp(database, 5.25);
  expect(await removeOld(database)).toBe(0);
});

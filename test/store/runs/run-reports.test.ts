/** What reports over the runs of all tenants read. */
import { expect, test } from 'vitest';
import { createRunReports } from '../../../store/runs/run-reports.ts';
import { analyse } from '../../../workflows/contract/insights/analysis.ts';
import { summariesOf } from '../../../workflows/contract/insights/run-tally.ts';
import { insertRuns } from '../../support/runs/insert-runs.ts';
import { runsOf } from '../../support/runs/run-of.ts';
import { runDatabase } from '../../support/runs/run-database.ts';

const noon = Date.UTC(2026, 10, 30, 12);

test('L01: a report is over the runs of all tenants that ended in its window, read in portions', async () => {
  const database = await runDatabase();
  const runs = runsOf(1200, (number) => ({
    tenant: number % 2 === 0 ? 'acme' : 'globex',
    // Several runs end in the same millisecond, and portions must not lose any.
    endedMs: noon + Math.floor(number / 700),
    durationMs: 1000 + number,
    memoryPeakBytes: number,
    statusCode: number % 3 === 0 ? 404 : null,
    coldStart: number % 2 === 0,
  }));
  const outside = runsOf(2, (number) => ({ key: `outside.${number}`, endedMs: noon + 2000 * number - 1 }));
  await insertRuns(database, [...runs, ...outside]);
  const report = await createRunReports(database).report({ fromMs: noon, toMs: noon + 1000 });
  expect(analyse(report.summaries, 'kind')).toEqual(analyse(summariesOf(runs), 'kind'));
});

test('L01: a run whose reason a newer version has written counts as unexpected, and no report fails for it', async () => {
  const database = await runDatabase();
  await insertRuns(
    database,
    runsOf(2, () => ({ endedMs: noon, outcome: 'failed', reason: 'time_limit' })),
  );
  await database.updateTable('runs').set({ reason: 'not_yet_known' }).execute();
  const { summaries } = await createRunReports(database).report({ fromMs: noon, toMs: noon + 1 });
  expect(summaries).toMatchObject([{ runs: 2, reasons: { unexpected: 2 } }]);
});

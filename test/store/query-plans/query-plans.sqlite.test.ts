/** What is done for each item or job costs the same however many there are: SQLite finds the rows by indexes. */
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { runningBatch } from '../../support/batches/batches.ts';
import { workOnAudit } from '../../support/store/hot-statements/audit-work.ts';
import { workOnExperiment } from '../../support/store/hot-statements/experiment-work.ts';
import { workOnItems } from '../../support/store/hot-statements/item-work.ts';
import { workOnJob } from '../../support/store/hot-statements/job-work.ts';
import { workOnToolRequest } from '../../support/store/hot-statements/tool-work.ts';
import { openTemporary, temporaryPlace, type TestStore } from '../../support/temporary-store.ts';

/** The steps of the plans of all statements that the work makes. */
async function planOf(work: (store: TestStore) => Promise<void>): Promise<readonly string[]> {
  const place = await temporaryPlace();
  const store = await openTemporary(place);
  await runningBatch(store, 'b', 3);
  const prepared = vi.spyOn(DatabaseSync.prototype, 'prepare');
  onTestFinished(() => prepared.mockRestore());
  await work(store);
  const statements = [...new Set(prepared.mock.calls.map(([sql]) => sql))].filter((sql) =>
    /^(select|insert|update|delete|with)/.test(sql),
  );
  expect(statements.length).toBeGreaterThanOrEqual(10);
  const database = new DatabaseSync(join(place.dataFolder, 'lodestone.db'), { readOnly: true });
  onTestFinished(() => database.close());
  return statements.flatMap((sql) => stepsOf(database, sql).map((step) => `${step} in ${sql}`));
}

function stepsOf(database: DatabaseSync, sql: string): readonly string[] {
  const parameters = [...sql.matchAll(/\?/g)].map(() => 1);
  return database
    .prepare(`explain query plan ${sql}`)
    .all(...parameters)
    .map(({ detail }) => String(detail));
}

it('P09: taking, submitting, retrying and ending an item finds it by an index', async () => {
  // `pending` is what the selection of free items calls them. The batch alone would be all of its items.
  const whole = /^(SCAN|SEARCH) (batch_items|pending)( |$)(?!.*(position|status|ended_ms|response_id)[=<>])/;
  const steps = await planOf(workOnItems);
  expect(steps.filter((step) => whole.test(step.split(' in ')[0] ?? ''))).toEqual([]);
});

it.each([
  ['a job', workOnJob],
  ['a request of a tool', workOnToolRequest],
  ['an experiment', workOnExperiment],
  ['an audit', workOnAudit],
])('whatever is done for %s finds its rows by an index', async (_, work) => {
  // `chosen` and a range of constants are not tables; one of lists has a handful of rows.
  const steps = await planOf(work);
  expect(
    steps.filter(
      (step) => step.startsWith('SCAN ') && !/^SCAN (chosen|CONSTANT|\d+-ROW VALUES)|USING .*INDEX/.test(step),
    ),
  ).toEqual([]);
});

it('C11: experiments are read by their id or in the order of the list, without sorting all of them', async () => {
  const steps = await planOf(workOnExperiment);
  expect(steps.filter((step) => step.includes('TEMP B-TREE') && step.includes('accepted_at'))).toEqual([]);
});

it('the list of tool requests is read in its order, without sorting all of them', async () => {
  const steps = await planOf(workOnToolRequest);
  expect(steps.filter((step) => step.includes('TEMP B-TREE') && step.includes('accepted_at'))).toEqual([]);
});

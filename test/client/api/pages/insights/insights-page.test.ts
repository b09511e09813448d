/** The page of insights over a real store: figures, findings, plots whose points lead to runs, and parts of its window. */
import { expect, test } from 'vitest';
import { openDatabase } from '../../../../../store/database/database.ts';
import { openStores } from '../../../../../store/store.ts';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TenantRun } from '../../../../../workflows/contract/insights/run-summary.ts';
import { insertRuns } from '../../../../support/runs/insert-runs.ts';
import { runsOf } from '../../../../support/runs/run-of.ts';
import { temporaryPlace } from '../../../../support/temporary-store.ts';
import { testApi } from '../../harness.ts';

const hour = 3_600_000;

async function pageOver(runs: readonly TenantRun[]): Promise<(query: string) => Promise<string>> {
  const place = await temporaryPlace();
  const stores = await openStores(place);
  const { dataFolder, databaseUrl } = place;
  const where = databaseUrl === undefined ? { file: join(dataFolder, 'lodestone.db') } : { url: databaseUrl };
  const database = await openDatabase(where);
  onTestFinished(async () => {
    await database.destroy();
    await stores.close();
  });
  await insertRuns(database, runs);
  const own = stores.forTenant('default');
  const { ask } = await testApi({ acrossTenants: stores.acrossTenants, store: own });
  return async (query) => (await ask(`/insights${query}`)).text();
}

const recent = (count: number, changes: Partial<TenantRun> & { readonly durationMs?: number }) =>
  runsOf(count, (number) => ({
    tenant: 'default',
    endedMs: Date.now() - hour - number * 60_000,
    key: `${changes.work ?? 'ai'}.${number}`,
    ...changes,
  }));

test('L12, L14, A11: the page shows figures, trends and the distribution of computer use; points lead to runs', async () => {
  const page = await pageOver([
    ...recent(20, { durationMs: 70_000 }),
    ...recent(12, { work: 'computer_use', durationMs: 130_000, ownerId: 'job-browser', coldStart: true }),
    ...recent(4, {
      work: 'webhook',
      outcome: 'failed',
      reason: 'receiver_refused',
      statusCode: 404,
      ownerId: 'job-<x>',
    }),
  ]);
  const text = await page('?since=24h');
  expect(text).toContain('<dd>36</dd>');
  expect(text).toMatch(/issing permission.*404 \(4\)/su);
  expect(text).toContain('href="/jobs/job-browser"');
  expect(text).toContain('/jobs/job-%3Cx%3E');
  expect(text).toContain('Computer use: how long its steps take: 12 runs, p50 2 min 10 s');
  expect(text).toContain('12 of 12');
  expect(text).toMatch(/38 more runs needed/u);
});

test('the page of one kind of work, and of a part of the window, has its runs alone', async () => {
  const page = await pageOver([...recent(20, {}), ...recent(12, { work: 'webhook', leadMagnet: 'other' })]);
  expect(await page('?work=step+webhook')).toContain('<dd>12</dd>');
  expect(await page('?magnet=report')).toContain('<dd>20</dd>');
  const now = Date.now();
  expect(await page(`?from=${now - hour - 10 * 60_000}&to=${now}`)).toMatch(/<dd>(20|21|22)<\/dd>/u);
  expect(await page('?work=step+none')).toContain('No run has ended in this window.');
});

test('a wrong address says what is wrong, and an empty store has an empty page', async () => {
  const page = await pageOver([]);
  expect(await page('')).toContain('No findings: no cause was seen in three or more runs');
  expect(await page('?since=ever')).toContain('since');
  expect(await page('?from=-1&to=5')).toContain('from');
});

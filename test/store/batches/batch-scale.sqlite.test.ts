/** What is done for each item costs the same in a batch of any size: no statement reads a whole batch. */
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openStore } from '../../../store/store.ts';
import { runningBatch } from '../../support/batches/batches.ts';
import { temporaryFolder } from '../../support/temporary-store.ts';

const usage = { modelCalls: 1, inputTokens: 5, cachedInputTokens: 0, outputTokens: 2, costUsd: 0.01 };

it('P09: taking, submitting, retrying and ending an item finds it by an index, however many there are', async () => {
  const folder = await temporaryFolder();
  const store = await openStore({ dataFolder: folder });
  onTestFinished(() => store.close());
  await runningBatch(store, 'b', 3);
  const { key } = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
  const prepared = vi.spyOn(DatabaseSync.prototype, 'prepare');
  onTestFinished(() => prepared.mockRestore());
  const now = Date.now();
  const limiter = { key: 'test/model', tokens: 1 };
  const reason = { type: 'provider_unavailable', message: 'away' } as const;
  await store.batchPartitions.take(key, 3, 2);
  for (const position of [0, 1]) {
    await store.batchPartitions.admit(key, { position, worstNano: 1e7, limiter, now });
    await store.batchPartitions.submitted(key, position, `resp_${position}`);
  }
  const retry = { position: 0, reason, nextAttemptAt: now, counted: true, usage: null, uncertain: false };
  await store.batchPartitions.retry(key, retry);
  const end = { position: 1, status: 'succeeded', reason: null, output: 'yes', usage, uncertain: false, now } as const;
  await store.batchPartitions.end(key, end);
  await store.providerBatches.take(key, { until: 3, now, count: 2 });
  await store.providerBatches.items(key, 'provider_1', { after: -1, count: 2 });
  await store.providerBatches.items(key, null, { after: -1, count: 2 });
  await store.providerBatches.find(key, 'provider_1', 1);
  await store.providerBatches.positions(key, 'provider_1');
  await store.batches.control('b');
  await store.batchItems.endedSince('b', now);
  const statements = [...new Set(prepared.mock.calls.map(([sql]) => sql))].filter((sql) => sql.includes('batch_items'));
  expect(statements.length).toBeGreaterThanOrEqual(6);
  const database = new DatabaseSync(join(folder, 'lodestone.db'), { readOnly: true });
  onTestFinished(() => database.close());
  const steps = statements.flatMap((sql) => plan(database, sql).map((step) => `${step} in ${sql}`));
  // `pending` is what the selection of free items calls them.
  const whole = steps.filter((step) =>
    /^(SCAN|SEARCH) (batch_items|pending)( |$)(?!.*(position|status|ended_ms|response_id)[=<>])/.test(
      step.split(' in ')[0] ?? '',
    ),
  );
  expect(whole).toEqual([]);
});

function plan(database: DatabaseSync, sql: string): readonly string[] {
  const parameters = [...sql.matchAll(/\?/g)].map(() => 1);
  return database
    .prepare(`explain query plan ${sql}`)
    .all(...parameters)
    .map(({ detail }) => String(detail));
}

/** Messages of foreign origin in the errors of items: none may break what is asked about the whole batch. */
import { expect, it, onTestFinished } from 'vitest';
import { migrations } from '../../../store/database/migrations/all.ts';
import { runningBatch } from '../../support/batches/batches.ts';
import { openDatabaseOf } from '../../support/stored-rows.ts';
import { openTemporary, temporaryPlace } from '../../support/temporary-store.ts';

const hostile = 'the provider said "type":"cancelled" \uD83D and \0 in \u{1F600}';
const shown = 'the provider said "type":"cancelled" \uFFFD and \uFFFD in \u{1F600}';

it('an error with half of a character and NUL breaks no listing of its batch and is stored as what can be shown', async () => {
  const store = await openTemporary(await temporaryPlace());
  await runningBatch(store, 'b', 2);
  const { key } = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
  await store.batchPartitions.take(key, 2, 2);
  const end = { status: 'failed', output: null, usage: null, uncertain: false, model: 'gpt-5.5', now: 1 } as const;
  await store.batchPartitions.end(key, { ...end, position: 0, reason: { type: 'provider_request', message: hostile } });
  await store.batchPartitions.end(key, { ...end, position: 1, reason: { type: 'model_refusal', message: 'no' } });
  expect(await store.batchItems.failures('b')).toHaveLength(2);
  const [item] = await store.batchItems.page('b', { after: null, limit: 1 });
  expect(item?.error).toEqual({ type: 'provider_request', message: shown });
});

it('errors that an earlier release stored get their type, and batches their mode', async () => {
  const place = await temporaryPlace();
  const store = await openTemporary(place);
  await runningBatch(store, 'b', 1);
  await runningBatch(store, 'c', 1, {}, 'economy');
  const { key } = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
  const reason = { type: 'job_time_limit', message: 'late' } as const;
  await store.batchPartitions.endUnsubmitted(key, { status: 'failed', reason, now: 1 });
  const database = await openDatabaseOf(place);
  onTestFinished(() => database.destroy());
  const error = JSON.stringify({ type: 'provider_request', message: hostile });
  expect(error).toContain(String.raw`\ud83d and \u0000`);
  await database.updateTable('batch_items').set({ error }).where('batch_id', '=', 'b').execute();
  await database.schema.alterTable('batch_items').dropColumn('error_type').execute();
  await database.schema.alterTable('batches').dropColumn('mode').execute();
  // In a transaction, as the Migrator runs it.
  await database.transaction().execute(async (transaction) => migrations['0007-searched-columns']?.up(transaction));
  expect(await store.batchItems.failures('b')).toEqual([{ type: 'provider_request', count: 1 }]);
  const modes = await database.selectFrom('batches').select(['id', 'mode']).orderBy('id').execute();
  expect(modes.map(({ mode }) => mode)).toEqual(['standard', 'economy']);
});

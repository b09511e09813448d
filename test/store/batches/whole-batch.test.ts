/** Changes of a batch with all its items: in short transactions, and complete whatever dies in between. */
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KyselyPlugin } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { createBatches, type Batches } from '../../../store/batches/batches.ts';
import { openDatabase } from '../../../store/database/database.ts';
import { bindToTenant } from '../../../store/database/tenant-binding.ts';
import type { Store, StorePlace } from '../../../store/store.ts';
import { defaultTenant } from '../../../workflows/contract/names.ts';
import { sealedBatch, words } from '../../support/batches/batches.ts';
import { openTemporary, temporaryPlace, temporaryStore } from '../../support/temporary-store.ts';

const count = 2200;
const now = new Date('2026-01-01T10:00:00.000Z');
const reason = { type: 'job_time_limit', message: 'too late' } as const;
const outcome = { outcome: 'failed', reason: null, continuations: 0, now } as const;

/** A batch with so many failed items, ended. */
async function failedBatch(store: Store, count: number): Promise<void> {
  await sealedBatch(store, 'b', count);
  const { key } = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 0 });
  expect(await store.batchPartitions.endUnsubmitted(key, { status: 'failed', reason, now: 1 })).toBe(count);
  await store.batches.close('b', outcome);
}

/** Counts the turns of the event loop while something runs. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  const counted = { turns: 0, isDone: false };
  const done = work.finally(() => {
    counted.isDone = true;
  });
  while (!counted.isDone) {
    await nextTurn();
    counted.turns += 1;
  }
  await done;
  return counted.turns;
}

it('P09: ending, reopening, cancelling, discarding and removing all items leaves the event loop to others in between', async () => {
  const store = await temporaryStore();
  const portions = Math.ceil(count / 500);
  await sealedBatch(store, 'c', count);
  const end = { reason: { type: 'cancelled', message: 'not wanted' }, now } as const;
  expect(await turnsDuring(store.batches.cancelWaiting('c', end))).toBeGreaterThanOrEqual(portions);
  expect((await store.batches.find('c'))?.counts).toMatchObject({ cancelled: count, pending: 0 });
  await sealedBatch(store, 'b', count);
  const { key } = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 0 });
  const ending = store.batchPartitions.endUnsubmitted(key, { status: 'failed', reason, now: 1 });
  expect(await turnsDuring(ending)).toBeGreaterThanOrEqual(portions);
  await store.batchItems.import('b', words(count));
  expect(await turnsDuring(store.batchUploads.discardBroken('b'))).toBeGreaterThanOrEqual(portions);
  expect(await store.batchItems.size('b')).toMatchObject({ items: count });
  await store.batches.close('b', outcome);
  const reopening = store.batches.reopen('b', { uncertain: false, now });
  expect(await turnsDuring(reopening)).toBeGreaterThanOrEqual(portions);
  expect(await reopening).toBe(count);
  expect(await store.batches.find('b')).toMatchObject({ state: 'queued', counts: { pending: count, failed: 0 } });
  expect(await turnsDuring(store.batches.remove('c'))).toBeGreaterThanOrEqual(portions);
  expect(await store.batches.find('c')).toBeNull();
  expect(await store.batchItems.size('c')).toEqual({ items: 0, bytes: 0 });
});

async function batchesWith(place: StorePlace, plugin: KyselyPlugin): Promise<Batches> {
  const { databaseUrl, dataFolder } = place;
  const file = join(dataFolder, 'lodestone.db');
  const database = await openDatabase(databaseUrl === undefined ? { file } : { url: databaseUrl });
  onTestFinished(() => database.destroy());
  return createBatches(database.withPlugin(bindToTenant(defaultTenant)).withPlugin(plugin));
}

/** The batches of a process that dies at a statement. */
function dyingBatches(place: StorePlace, atStatement: number): Promise<Batches> {
  let statements = 0;
  return batchesWith(place, {
    transformQuery({ node }) {
      statements += 1;
      if (statements >= atStatement) throw new Error('died');
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
}

const changes = {
  cancel: {
    prepare: (store: Store) => sealedBatch(store, 'b', 3),
    run: (batches: Batches) => batches.cancelWaiting('b', { reason: { type: 'cancelled', message: 'no' }, now }),
    seen: {
      'not begun': ['queued: 3 pending, 0 ended'],
      // Also while its items follow.
      begun: ['ended: 0 pending, 3 ended'],
      completed: ['ended: 0 pending, 3 ended'],
    },
  },
  reopen: {
    prepare: (store: Store) => failedBatch(store, 3),
    run: (batches: Batches) => batches.reopen('b', { uncertain: false, now }),
    seen: {
      'not begun': ['ended: 0 pending, 3 ended'],
      begun: ['ended: 0 pending, 3 ended', 'ended: 3 pending, 0 ended'],
      completed: ['queued: 3 pending, 0 ended'],
    },
  },
  remove: {
    prepare: (store: Store) => failedBatch(store, 3),
    run: (batches: Batches) => batches.remove('b'),
    seen: { 'not begun': ['ended: 0 pending, 3 ended'], begun: ['gone'], completed: ['gone'] },
  },
};

async function lookAt(store: Store): Promise<string> {
  const batch = await store.batches.find('b');
  if (batch === null) return 'gone';
  const { pending, failed, cancelled } = batch.counts;
  return `${batch.state}: ${pending} pending, ${failed + cancelled} ended`;
}

it.each(Object.entries(changes))(
  '%s: whatever statement a process dies at, the change has not begun or is completed by another process',
  async (_name, { prepare, run, seen }) => {
    const place = await temporaryPlace();
    const store = await openTemporary(place);
    const found = { 'not begun': new Set<string>(), begun: new Set<string>(), completed: new Set<string>() };
    let isDead = true;
    for (let statement = 1; isDead; statement += 1) {
      await store.batches.remove('b');
      await prepare(store);
      isDead = await run(await dyingBatches(place, statement)).then(
        () => false,
        () => true,
      );
      const isUnfinished = (await store.acrossTenants.unfinishedBatches()).length > 0;
      const isBegun = isUnfinished || found.begun.size > 0;
      found[isUnfinished ? 'begun' : isBegun ? 'completed' : 'not begun'].add(await lookAt(store));
      await store.batches.completeChange('b');
      if (isUnfinished) found.completed.add(await lookAt(store));
      // One that waits is cancelled, so that it can be removed.
      await store.batches.cancelWaiting('b', { reason, now });
    }
    const lists = Object.entries(found).map(([stage, looks]) => [stage, [...looks].toSorted()]);
    expect(Object.fromEntries(lists)).toEqual(seen);
  },
);

it('a batch can be made again under its id while the removal of the former one was cut off', async () => {
  const place = await temporaryPlace();
  const store = await openTemporary(place);
  await failedBatch(store, 3);
  await expect((await dyingBatches(place, 4)).remove('b')).rejects.toThrow('died');
  expect(await store.acrossTenants.unfinishedBatches()).toHaveLength(1);
  await sealedBatch(store, 'b', 2);
  expect(await store.batches.find('b')).toMatchObject({ state: 'queued', counts: { pending: 2, failed: 0 } });
});

/** Leaves a batch whose items are all reopened, by a process that died before it completed the reopening. */
async function cutOffReopening(place: StorePlace, store: Store): Promise<void> {
  await failedBatch(store, 3);
  for (let statement = 1; (await lookAt(store)) !== 'ended: 3 pending, 0 ended'; statement += 1) {
    const dying = await dyingBatches(place, statement);
    await expect(dying.reopen('b', { uncertain: false, now })).rejects.toThrow('died');
  }
}

async function reopenings(store: Store): Promise<readonly string[]> {
  const events = await store.events.after('b', 0, 100);
  return events.filter(({ type }) => type === 'batch.reopened').map(({ message }) => message);
}

it('a reopening that was cut off is completed by the next one, which returns its items, and recorded once', async () => {
  const place = await temporaryPlace();
  const store = await openTemporary(place);
  await cutOffReopening(place, store);
  expect(await reopenings(store)).toEqual([]);
  expect(await store.batches.find('b')).toMatchObject({ isReopening: true });
  expect(await store.batches.reopen('b', { uncertain: false, now })).toBe(3);
  expect(await lookAt(store)).toBe('queued: 3 pending, 0 ended');
  expect(await store.batches.find('b')).toMatchObject({ isReopening: false });
  expect(await store.batches.reopen('b', { uncertain: false, now })).toBe(0);
  expect(await reopenings(store)).toEqual(['3 items are retried']);
});

it('a reopening of uncertain items that finds a cut-off one without them completes that one', async () => {
  const place = await temporaryPlace();
  const store = await openTemporary(place);
  await cutOffReopening(place, store);
  expect(await store.batches.reopen('b', { uncertain: true, now })).toBe(3);
  expect(await reopenings(store)).toEqual(['3 items are retried']);
});

it('two reopenings at once are recorded once', async () => {
  const store = await temporaryStore();
  await failedBatch(store, 3);
  const reopen = () => store.batches.reopen('b', { uncertain: false, now });
  expect(await Promise.all([reopen(), reopen()])).toContain(3);
  expect(await reopenings(store)).toEqual(['3 items are retried']);
});

it('a reopening that a removal has replaced reopens nothing and is not recorded', async () => {
  const place = await temporaryPlace();
  const store = await openTemporary(place);
  await cutOffReopening(place, store);
  let removal: boolean | string = false;
  const overtaken = await batchesWith(place, {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      const isReopening = result.rows.some((row) => String(row['whole_change']).includes('reopen'));
      // The removal dies before it has removed an item.
      if (isReopening) removal = await (await dyingBatches(place, 2)).remove('b').catch(String);
      return result;
    },
  });
  expect(await overtaken.completeChange('b')).toBe(0);
  expect(removal).toBe('Error: died');
  expect(await lookAt(store)).toBe('gone');
  expect(await reopenings(store)).toEqual([]);
});

it('stopping a batch fences off attempts of all its partitions, which then take no free items', async () => {
  const store = await temporaryStore();
  await sealedBatch(store, 'b', 3);
  const { key } = await store.batchPartitions.begin({ batchId: 'b', partition: 1, partitions: 2 });
  expect(await store.batchPartitions.take(key, 3, 1)).toHaveLength(1);
  await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 0 });
  expect(await store.batchPartitions.take(key, 3, 1)).toEqual([]);
});

/** What several processes do to a batch at the same time. */
import { expect, it } from 'vitest';
import type { FencingToken } from '../../../store/batches/partitions/batch-fencing.ts';
import { Superseded } from '../../../store/jobs/ledger.ts';
import type { Store } from '../../../store/store.ts';
import { batchDefinition, runningBatch, words } from '../../support/batches/batches.ts';
import { atOnce, twoProcesses } from '../../support/store/two-processes.ts';

const now = Date.parse('2026-01-01T10:00:00Z');
const usage = { modelCalls: 1, inputTokens: 5, cachedInputTokens: 0, outputTokens: 2, costUsd: 0.01 };
const cent = 1e7;

async function begin(store: Store, partition = 0, partitions = 1) {
  return store.batchPartitions.begin({ batchId: 'b', partition, partitions });
}

function admit(store: Store, key: FencingToken, position: number) {
  const limiter = { key: 'test/model', tokens: 10 };
  return store.batchPartitions.admit(key, { position, worstNano: cent, limiter, now });
}

function ended(position: number) {
  return {
    position,
    status: 'succeeded',
    reason: null,
    output: 'yes',
    usage,
    uncertain: false,
    model: 'gpt-5.5',
    now,
  } as const;
}

it('partitions that take items at once share none of them, and leave none', async () => {
  const stores = await twoProcesses();
  await runningBatch(stores[0], 'b', 40);
  const keys = await Promise.all([0, 1, 2, 3].map(async (partition) => (await begin(stores[0], partition, 4)).key));
  const taken = await atOnce(stores, 16, async ({ batchPartitions }, index) => {
    const key = keys[index % 4];
    return key === undefined ? [] : batchPartitions.take(key, 40, 3);
  });
  const positions = taken.flat().map(({ position }) => position);
  expect(new Set(positions).size).toBe(positions.length);
  for (const key of keys)
    positions.push(...(await stores[0].batchPartitions.take(key, 40, 40)).map((item) => item.position));
  expect(positions.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 40 }, (_, index) => index));
});

it('an attempt that begins has all that the one before it took, which writes nothing from then on', async () => {
  const stores = await twoProcesses();
  const [old, young] = stores;
  await runningBatch(old, 'b', 60);
  for (let round = 0; round < 15; round += 1) {
    const { key } = await begin(old);
    const [taken, also, successor] = await Promise.all([
      old.batchPartitions.take(key, 60, 2),
      old.batchPartitions.take(key, 60, 2),
      begin(young),
    ]);
    const held = new Set(successor.items.map(({ position }) => position));
    for (const { position } of [...taken, ...also]) expect(held).toContain(position);
    expect(await old.batchPartitions.take(key, 60, 2)).toEqual([]);
  }
});

it('of two attempts that end an item at once, the one that was superseded changes nothing', async () => {
  const stores = await twoProcesses();
  const [old, young] = stores;
  await runningBatch(old, 'b', 10);
  for (let position = 0; position < 10; position += 1) {
    const { key } = await begin(old);
    await old.batchPartitions.take(key, 10, 1);
    await admit(old, key, position);
    await old.batchPartitions.submitted(key, position, `resp_${position}`);
    const [end, successor] = await Promise.allSettled([old.batchPartitions.end(key, ended(position)), begin(young)]);
    if (successor.status === 'rejected') throw successor.reason;
    const { key: newKey, items } = successor.value;
    // Either the end came first, and the successor has nothing to do, or the successor has the item.
    expect(items.map((item) => item.position)).toEqual(end.status === 'fulfilled' ? [] : [position]);
    if (end.status === 'fulfilled') continue;
    expect(end.reason).toBeInstanceOf(Superseded);
    await young.batchPartitions.end(newKey, ended(position));
  }
  const view = await old.batches.find('b');
  expect(view).toMatchObject({ reservedUsd: 0, counts: { succeeded: 10 } });
  expect(view?.spentUsd).toBeCloseTo(0.1, 9);
});

it('P13: admissions at the edge of the cap are no more than fit, and those at the edge of the hour likewise', async () => {
  const stores = await twoProcesses();
  const [store] = stores;
  await runningBatch(store, 'b', 24, { capUsd: 0.07, capPerHourUsd: 10 });
  const keys = await Promise.all(
    [0, 1].map(async (partition) => {
      const { key } = await begin(store, partition, 2);
      return { key, items: await store.batchPartitions.take(key, 24, 12) };
    }),
  );
  const all = keys.flatMap(({ key, items }) => items.map(({ position }) => ({ key, position })));
  const admissions = await atOnce(stores, all.length, async (process, index) => {
    const item = all[index];
    if (item === undefined) throw new Error('there is no such item');
    return admit(process, item.key, item.position);
  });
  expect(admissions.filter(({ admitted }) => admitted)).toHaveLength(7);
  expect((await store.batches.find('b'))?.reservedUsd).toBeCloseTo(0.07, 9);
});

it('a rate limiter forgets no report, also the first ones', async () => {
  const stores = await twoProcesses();
  const report = { kind: 'unavailable', retryAfterMilliseconds: null } as const;
  await atOnce(stores, 4, ({ rateLimiters }) =>
    rateLimiters.report('test/model', { report, reported: null, probe: false }, now),
  );
  expect((await stores[0].rateLimiters.find('test/model')).failures).toBe(4);
});

it("an attempt's provider batches have numbers of their own", async () => {
  const stores = await twoProcesses();
  await runningBatch(stores[0], 'b', 2, {}, 'economy');
  const key = await stores[0].providerBatches.begin('b');
  const first = await stores[0].providerBatches.add(key, now);
  const [late, successor] = await Promise.allSettled([
    stores[0].providerBatches.add(key, now),
    stores[1].providerBatches.begin('b'),
  ]);
  if (successor.status === 'rejected') throw successor.reason;
  const numbers = (await stores[1].providerBatches.open(successor.value)).map(({ number }) => number);
  expect(numbers).toEqual(late.status === 'fulfilled' ? [first.number, 2] : [first.number]);
});

it('P28: one of several uploads at once gets the batch, and its items lie together', async () => {
  const stores = await twoProcesses();
  await stores[0].batches.create({ id: 'b', definition: batchDefinition(), now: new Date(now) });
  const locks = await atOnce(stores, 6, ({ uploadLocks }) => uploadLocks.acquire('b', Date.now()));
  expect(locks.filter((lock) => lock !== null)).toHaveLength(1);
  const stored = await atOnce(stores, 6, ({ batchItems }) => batchItems.import('b', words(7)));
  const ranges = stored.toSorted((left, right) => left.from - right.from);
  expect(ranges).toEqual(Array.from({ length: 6 }, (_, index) => ({ from: index * 7, to: index * 7 + 7 })));
});

it('an alert that two looks find at once is raised once', async () => {
  const stores = await twoProcesses();
  await runningBatch(stores[0], 'b', 1);
  const alert = { type: 'items_stuck', batchId: 'b', message: 'one item is stuck' } as const;
  const settled = await atOnce(stores, 4, ({ acrossTenants }) => acrossTenants.alerts.settle([alert], new Date(now)));
  expect(settled.flatMap(({ raised }) => raised)).toHaveLength(1);
  const events = await stores[0].events.after('b', 0, 100);
  expect(events.filter(({ type }) => type === 'alert.items_stuck')).toHaveLength(1);
});

it('a batch that is cancelled before it began, reopened and removed at once ends in one of these states, whole', async () => {
  const stores = await twoProcesses();
  const [store] = stores;
  const reason = { type: 'cancelled', message: 'not wanted' } as const;
  await store.batches.create({ id: 'b', definition: batchDefinition(), now: new Date(now) });
  await store.batchItems.import('b', words(5));
  await store.batches.seal('b');
  const cancelled = await atOnce(stores, 4, ({ batches }) =>
    batches.cancelWaiting('b', { reason, now: new Date(now) }),
  );
  expect(cancelled.filter((done) => done)).toHaveLength(1);
  expect((await store.batches.find('b'))?.counts).toMatchObject({ cancelled: 5, pending: 0 });
  const removed = await atOnce(stores, 4, ({ batches }) => batches.remove('b'));
  expect(removed.filter((done) => done)).toHaveLength(1);
  expect(await store.batchItems.page('b', { after: null, limit: 10 })).toEqual([]);
});

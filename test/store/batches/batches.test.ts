import { describe, expect, it } from 'vitest';
import type { FencingToken } from '../../../store/batches/partitions/batch-fencing.ts';
import type { BatchItemView } from '../../../workflows/contract/batches/schema.ts';
import { defaultBatchLimits } from '../../../workflows/contract/batches/limits.ts';
import { Superseded } from '../../../store/jobs/ledger.ts';
import type { Store } from '../../../store/store.ts';
import { batchSwitch } from '../../../store/platform/switches.ts';
import { batchDefinition, runningBatch, sealedBatch, words } from '../../support/batches/batches.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const usage = { modelCalls: 1, inputTokens: 5, cachedInputTokens: 0, outputTokens: 2, costUsd: 0.25 };
const cent = 1e7;
const minute = 60_000;
const model = 'gpt-5.5';
const now = Date.parse('2026-01-01T10:00:00Z');
const succeeded = { status: 'succeeded', reason: null, usage, uncertain: false, model, now } as const;

async function collect(items: AsyncIterable<BatchItemView>): Promise<BatchItemView[]> {
  const all: BatchItemView[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function partitionOf(store: Store, batchId: string, count: number): Promise<FencingToken> {
  const { key } = await store.batchPartitions.begin({ batchId, partition: 0, partitions: 1 });
  await store.batchPartitions.take(key, 1_000_000, count);
  return key;
}

function admit(store: Store, key: FencingToken, position: number, worstNano = cent, at = now) {
  return store.batchPartitions.admit(key, { position, worstNano, limiter: { key: 'test/model', tokens: 10 }, now: at });
}

describe('the import and the export of items', () => {
  it('P09: stream, and keep the order, over many chunks', async () => {
    const store = await temporaryStore();
    await sealedBatch(store, 'b', 1234);
    expect(await store.batches.find('b')).toMatchObject({
      state: 'queued',
      itemCount: 1234,
      counts: { pending: 1234 },
    });
    const items = await collect(store.batchItems.export('b'));
    expect(items).toHaveLength(1234);
    expect(items.every(({ position, item }) => item['word'] === `word ${position}`)).toBe(true);
  });

  it('P28: items of an append belong to the batch only when its workflow has taken them in', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 2);
    expect(await store.batchItems.import('b', words(3))).toEqual({ from: 2, to: 5 });
    expect((await store.batches.find('b'))?.counts.pending).toBe(2);
    expect(await collect(store.batchItems.export('b'))).toHaveLength(2);
    await store.batches.change('b', { itemCount: 5 });
    expect((await store.batches.find('b'))?.counts.pending).toBe(5);
    await store.batchItems.import('b', words(3));
    await store.batchUploads.discardBroken('b');
    expect(await store.batchItems.import('b', words(1))).toEqual({ from: 5, to: 6 });
  });

  it('are changed and cancelled in the store only as long as no workflow has opened the batch', async () => {
    const store = await temporaryStore();
    const end = { reason: { type: 'cancelled', message: 'not wanted' } as const, now: new Date() };
    await sealedBatch(store, 'b', 2);
    expect(await store.batches.changeWaiting('b', { itemCount: 1 })).toBe(true);
    await store.batches.change('b', { state: 'running' });
    expect(await store.batches.changeWaiting('b', { itemCount: 2 })).toBe(false);
    expect(await store.batches.cancelWaiting('b', end)).toBe(false);
    expect(await store.batches.find('b')).toMatchObject({ state: 'running', itemCount: 1 });
    expect(await store.batches.endedAt('b')).toBeNull();
    await sealedBatch(store, 'c', 2);
    expect(await store.batches.cancelWaiting('c', end)).toBe(true);
    expect(await store.batches.find('c')).toMatchObject({ outcome: 'cancelled', counts: { cancelled: 2 } });
    expect(await store.batches.endedAt('c')).toBe(end.now.toISOString());
    expect((await store.events.newest('c', 1))[0]).toMatchObject({ type: 'batch.ended', message: 'not wanted' });
    expect(await store.batches.endedAt('d')).toBeUndefined();
  });

  it('name the item that is too large, and refuse a batch that has ended', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 1);
    const large = [{ word: 'fits' }, { word: 'x'.repeat(300_000) }];
    await expect(store.batchItems.import('b', large)).rejects.toThrow('item 2 has');
    await store.batches.close('b', { outcome: 'completed', reason: null, continuations: 0, now: new Date() });
    await expect(store.batchItems.import('b', words(1))).rejects.toThrow('has ended');
  });

  it('keeps large results by reference and gives them back whole', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 1);
    const key = await partitionOf(store, 'b', 1);
    const output = { text: 'y'.repeat(100_000) };
    await admit(store, key, 0);
    await store.batchPartitions.submitted(key, 0, 'resp_1');
    const end = { ...succeeded, position: 0 };
    await store.batchPartitions.end(key, { ...end, output });
    expect(await collect(store.batchItems.export('b', ['succeeded']))).toMatchObject([
      { output, costUsd: 0.25, attempts: 1, responseId: 'resp_1', inputTokens: 5 },
    ]);
  });
});

describe('a partition', () => {
  it('P16: takes each item once, however many partitions take at the same time', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 100);
    const partitions = await Promise.all(
      [0, 1, 2, 3].map((partition) => store.batchPartitions.begin({ batchId: 'b', partition, partitions: 4 })),
    );
    const taken = await Promise.all(
      partitions.flatMap(({ key }) => [0, 1, 2].map(() => store.batchPartitions.take(key, 90, 10))),
    );
    const positions = taken.flat().map(({ position }) => position);
    expect(positions.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 90 }, (_, index) => index));
  });

  it('P16: finds its items again, and its older attempt can write nothing more', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 3);
    const old = await partitionOf(store, 'b', 2);
    await admit(store, old, 0);
    await store.batchPartitions.submitted(old, 0, 'resp_1');
    const { key, items } = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
    expect(items).toMatchObject([
      { position: 0, status: 'submitted', responseId: 'resp_1', attempts: 1 },
      { position: 1, status: 'pending', responseId: null, attempts: 0 },
    ]);
    const end = { ...succeeded, position: 0, output: 1 };
    await expect(store.batchPartitions.end(old, end)).rejects.toThrow(Superseded);
    await expect(admit(store, old, 1)).rejects.toThrow(Superseded);
    expect(await store.batchPartitions.take(old, 10, 1)).toEqual([]);
    await store.batchPartitions.end(key, end);
    await expect(store.batchPartitions.end(key, end)).rejects.toThrow(Superseded);
    expect((await store.batches.find('b'))?.spentUsd).toBe(0.25);
  });

  it('P08: of a smaller window takes over what a larger one has left', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 10);
    const third = await store.batchPartitions.begin({ batchId: 'b', partition: 2, partitions: 3 });
    await store.batchPartitions.take(third.key, 10, 4);
    const first = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
    expect(first.items).toHaveLength(4);
    await expect(admit(store, third.key, 0)).rejects.toThrow(Superseded);
  });
});

describe('an admission', () => {
  it('P26: reserves the worst case, so that a cap is not exceeded by many at once, and settles the true cost', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 50, { capUsd: 0.1 });
    const key = await partitionOf(store, 'b', 50);
    const all = await Promise.all(Array.from({ length: 50 }, (_, position) => admit(store, key, position)));
    const admitted = all.flatMap((admission, position) => (admission.admitted ? [position] : []));
    expect(admitted).toHaveLength(10);
    expect(all.filter((admission) => !admission.admitted && admission.by === 'cap_busy')).toHaveLength(40);
    const cheap = { ...usage, costUsd: 0.001 };
    for (const position of admitted) {
      await store.batchPartitions.end(key, { ...succeeded, position, output: 1, usage: cheap });
    }
    expect(await store.batches.find('b')).toMatchObject({ spentUsd: 0.01, reservedUsd: 0 });
    expect(await admit(store, key, 40)).toMatchObject({ admitted: true });
  });

  it('P26: says that the cap is reached when nothing under way could free any of it', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 1, { capUsd: 0.005 });
    const key = await partitionOf(store, 'b', 1);
    expect(await admit(store, key, 0)).toMatchObject({ admitted: false, by: 'cap' });
  });

  it('P16: counts a call that may have been paid and lost at its worst case, and flags the item', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 1);
    const key = await partitionOf(store, 'b', 1);
    await admit(store, key, 0);
    const reason = { type: 'effect_uncertain', message: 'it may have been paid' } as const;
    const unknown = { status: 'uncertain', reason, output: null, usage: null, uncertain: true } as const;
    const end = { ...succeeded, ...unknown, position: 0 };
    await store.batchPartitions.end(key, end);
    expect(await store.batches.find('b')).toMatchObject({ spentUsd: 0.01, reservedUsd: 0, flagged: 1 });
  });

  it('P16: counts a call that was cut off at its worst case too when its item is retried, and flags the item', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 1);
    await admit(store, await partitionOf(store, 'b', 1), 0);
    // The next attempt finds the item as the one before left it.
    const { key, items } = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
    expect(items).toMatchObject([{ position: 0, status: 'intended' }]);
    const reason = { type: 'effect_uncertain', message: 'it may have been paid' } as const;
    const retry = {
      position: 0,
      reason,
      nextAttemptAt: now,
      counted: true,
      usage: null,
      uncertain: true,
      model,
    };
    await store.batchPartitions.retry(key, retry);
    expect(await store.batches.find('b')).toMatchObject({
      counts: { pending: 1, uncertain: 0 },
      spentUsd: 0.01,
      reservedUsd: 0,
      flagged: 1,
    });
  });

  it('P17 P18: keeps the calls and the money of any 60 minutes', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'calls', 3, { callsPerHour: 2 });
    const calls = await partitionOf(store, 'calls', 3);
    await admit(store, calls, 0);
    await admit(store, calls, 1, cent, now + 30 * minute);
    const refused = await admit(store, calls, 2, cent, now + 59 * minute);
    expect(refused).toMatchObject({ admitted: false, by: 'calls_hour', waitMilliseconds: 2 * minute });
    expect(await admit(store, calls, 2, cent, now + 61 * minute)).toMatchObject({ admitted: true });
    await runningBatch(store, 'money', 3, { capPerHourUsd: 0.015 });
    const money = await partitionOf(store, 'money', 3);
    expect(await admit(store, money, 0)).toMatchObject({ admitted: true });
    expect(await admit(store, money, 1)).toMatchObject({ admitted: false, by: 'cap_hour' });
    expect(await admit(store, money, 1, cent, now + 61 * minute)).toMatchObject({ admitted: true });
  });

  it('P25: is refused by the switch of the platform, and given again after it, without loss', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 1);
    const key = await partitionOf(store, 'b', 1);
    await store.switches.stop(batchSwitch, 'the provider is on fire', new Date());
    expect(await admit(store, key, 0)).toMatchObject({ admitted: false, by: 'switch' });
    await store.switches.resume(batchSwitch);
    expect(await admit(store, key, 0)).toMatchObject({ admitted: true });
    expect((await store.batches.find('b'))?.reservedUsd).toBe(0.01);
  });

  it('is refused when the batch is paused, and by the rate limiter, which reserves nothing', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 2);
    const key = await partitionOf(store, 'b', 2);
    const report = { kind: 'rate_limited', retryAfterMilliseconds: 5000 } as const;
    await store.rateLimiters.report('test/model', { report, reported: null, probe: false }, now);
    expect(await admit(store, key, 0)).toMatchObject({ by: 'rate_limit', waitMilliseconds: 5000 });
    expect((await store.batches.find('b'))?.reservedUsd).toBe(0);
    expect(await admit(store, key, 0, cent, now + 5000)).toEqual({ admitted: true, probe: true });
    await store.batches.change('b', { state: 'paused' });
    expect(await admit(store, key, 1, cent, now + 5000)).toMatchObject({ by: 'halted' });
  });

  it('P14 P15: a retry counts the attempt unless it only showed that an outage goes on', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 1);
    const key = await partitionOf(store, 'b', 1);
    const reason = { type: 'provider_unavailable', message: 'down' } as const;
    const retry = { position: 0, reason, nextAttemptAt: now, usage: null, uncertain: false };
    await admit(store, key, 0);
    await store.batchPartitions.retry(key, { ...retry, counted: true });
    await admit(store, key, 0);
    await store.batchPartitions.retry(key, { ...retry, counted: false });
    expect(await collect(store.batchItems.export('b'))).toMatchObject([{ attempts: 1, status: 'pending' }]);
  });
});

describe('a batch', () => {
  it('is made once, listed, ended once, reopened for what failed, and removed', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 2);
    await store.batches.create({ id: 'b', definition: batchDefinition(), now: new Date() });
    const key = await partitionOf(store, 'b', 2);
    const reason = { type: 'job_time_limit', message: 'late' } as const;
    expect(await store.batchPartitions.endUnsubmitted(key, { status: 'failed', reason, now })).toBe(2);
    expect(await store.batchItems.failures('b')).toEqual([{ type: 'job_time_limit', count: 2 }]);
    expect(await store.batches.reopen('b', { uncertain: false, now: new Date() })).toBe(0);
    expect(await store.batches.remove('b')).toBe(false);
    await store.batches.close('b', { outcome: 'failed', reason, continuations: 1, now: new Date() });
    await store.batches.change('b', { state: 'running' });
    const list = { limit: 10 };
    expect(await store.batches.list(list)).toMatchObject([{ state: 'ended', outcome: 'failed', reason }]);
    expect(await store.batches.reopen('b', { uncertain: false, now: new Date() })).toBe(2);
    expect(await store.batches.find('b')).toMatchObject({ state: 'queued', counts: { pending: 2 } });
    await store.batches.close('b', { outcome: 'failed', reason, continuations: 1, now: new Date() });
    expect(await store.batches.remove('b')).toBe(true);
    expect(await store.batches.find('b')).toBeNull();
  });

  it('P24: has its limits changed in force at once', async () => {
    const store = await temporaryStore();
    await runningBatch(store, 'b', 1, { capUsd: 0 });
    const key = await partitionOf(store, 'b', 1);
    expect(await admit(store, key, 0)).toMatchObject({ by: 'cap' });
    await store.batches.change('b', { limits: { ...defaultBatchLimits, capUsd: 1 } });
    expect(await admit(store, key, 0)).toMatchObject({ admitted: true });
    expect((await store.batches.control('b')).limits.capUsd).toBe(1);
  });
});

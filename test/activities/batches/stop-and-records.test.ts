import { describe, expect, it, vi } from 'vitest';
import { failure } from '../../../activities/failure.ts';
import { createBatchRecords } from '../../../activities/batches/records.ts';
import { itemRequest } from '../../../activities/batches/partition/item-request.ts';
import { stopItems } from '../../../activities/batches/stop-batch-items.ts';
import { partitionWorld } from '../../support/batches/batch-partition.ts';
import { batchDefinition, sealedBatch } from '../../support/batches/batches.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const now = '2026-01-01T00:00:00.000Z';
const signal = new AbortController().signal;

describe('the stop of a batch', () => {
  it('P06 P28: cancels what is under way at the provider, keeps answers that are there, and ends the rest', async () => {
    const world = await partitionWorld(5, { parallel: 4 });
    world.model.onCreate = (text) => (text === 'Say word 0' ? 60_000 : 1_000_000);
    await world.partition({ until: 3, last: false });
    world.clock.time += 120_000;
    expect(await stopItems(world.dependencies, 'b', 'job_time_limit', signal)).toEqual({ left: 0 });
    const items = await world.items();
    expect(items.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'failed', 'failed', 'failed']);
    expect(items[4]?.error).toEqual({ type: 'job_time_limit', message: 'the batch did not end within 48 hours' });
    expect(world.model.cancelled.toSorted()).toEqual(['resp_1', 'resp_2', 'resp_3']);
    expect(await world.store.batches.find('b')).toMatchObject({ reservedUsd: 0, spentUsd: 0.001 });
  });

  it('P16: flags an item that was being submitted at that moment', async () => {
    const world = await partitionWorld(1);
    const { key } = await world.store.batchPartitions.begin({ batchId: 'b', partition: 3, partitions: 4 });
    await world.store.batchPartitions.take(key, 1, 1);
    const limiter = { key: 'x', tokens: 1 };
    await world.store.batchPartitions.admit(key, { position: 0, worstNano: 1e7, limiter, now: world.clock.now() });
    await stopItems(world.dependencies, 'b', 'cancelled', signal);
    expect(await world.items()).toMatchObject([{ status: 'uncertain', flagged: true }]);
  });
});

describe('the records of a batch', () => {
  it('hand over what was changed in the store while the batch was being opened', async () => {
    const store = await temporaryStore();
    await sealedBatch(store, 'b', 3);
    await store.batches.changeWaiting('b', { itemCount: 2 });
    const size = store.batchItems.size.bind(store.batchItems);
    // An append comes while the estimate is made.
    vi.spyOn(store.batchItems, 'size').mockImplementation(async (id) => {
      await store.batches.changeWaiting('b', { itemCount: 3 });
      return size(id);
    });
    const records = createBatchRecords({ store, priceOf: () => 0 });
    expect(await records.openBatch({ batchId: 'b', pause: null, now })).toMatchObject({ itemCount: 3 });
  });

  it('have the workflow stop at once when the batch was cancelled before it was opened', async () => {
    const store = await temporaryStore();
    await sealedBatch(store, 'b', 2);
    await store.batches.cancelWaiting('b', { reason: { type: 'cancelled', message: 'no' }, now: new Date() });
    const records = createBatchRecords({ store, priceOf: () => 0 });
    expect(await records.openBatch({ batchId: 'b', pause: null, now })).toMatchObject({ stop: 'cancelled' });
    await records.closeBatch({ batchId: 'b', stop: 'cancelled', continuations: 0 });
    const events = await store.events.after('b', 0, 10);
    expect(events.filter(({ type }) => type === 'batch.ended')).toHaveLength(1);
    expect(await store.batches.find('b')).toMatchObject({ state: 'ended', counts: { cancelled: 2 } });
  });

  it('P18: open it once, with an estimate and a bound that no reservation exceeds', async () => {
    const store = await temporaryStore();
    await sealedBatch(store, 'b', 100);
    const priceOf = (_model: string, tokens: { inputTokens: number; outputTokens: number }): number =>
      (tokens.inputTokens + tokens.outputTokens * 10) / 1e6;
    const records = createBatchRecords({ store, priceOf });
    const opened = await records.openBatch({ batchId: 'b', pause: null, now });
    expect(opened).toMatchObject({ itemCount: 100, startedAt: now, pause: null });
    const batch = await store.batches.find('b');
    expect(batch).toMatchObject({ state: 'running', startedAt: now });
    const worst = batchDefinition();
    const reserved = await store.batchItems.page('b', { after: null, limit: 100 });
    const tokens = reserved.map(({ item }) => itemRequest(worst, item, 60).mostInputTokens);
    const bound = (100 * 16 * 10 + tokens.reduce((sum, each) => sum + each, 0)) / 1e6;
    expect(batch?.worstUsd).toBeGreaterThanOrEqual(bound);
    expect(batch?.worstUsd).toBeLessThan(bound * 1.1);
    expect(batch?.estimateUsd).toBeCloseTo((100 * 8 * 10 + 100 * 6) / 1e6, 3);
    await store.batches.change('b', { state: 'stopping' });
    const stopping = { batchId: 'b', pause: null };
    expect(await records.openBatch({ ...stopping, now })).toMatchObject({ stop: 'cancelled' });
    const late = '2026-01-09T00:00:00.000Z';
    expect(await records.openBatch({ ...stopping, now: late })).toMatchObject({ stop: 'job_time_limit' });
    await store.batches.change('b', { pause: { by: 'person', message: 'lunch', at: now }, state: 'paused' });
    const later = await records.openBatch({ batchId: 'b', pause: null, now: '2026-01-02T00:00:00.000Z' });
    expect(later).toMatchObject({ startedAt: now, pause: { message: 'lunch' } });
  });

  it('P18: begin it paused when the store says so, whoever begins it', async () => {
    const store = await temporaryStore();
    await sealedBatch(store, 'b', 1);
    await store.batches.change('b', { pause: { by: 'person', message: 'estimated', at: now } });
    const opened = await createBatchRecords({ store, priceOf: () => 1 }).openBatch({ batchId: 'b', pause: null, now });
    expect(opened.pause).toMatchObject({ by: 'person', message: 'estimated' });
    expect(await store.batches.find('b')).toMatchObject({ state: 'paused', estimateUsd: 1 });
  });

  it('pause it when the price of its model is not known: nothing could be capped', async () => {
    const store = await temporaryStore();
    await sealedBatch(store, 'b', 1);
    const priceOf = (): number => {
      throw failure('step_definition', 'the price of the model m is not known');
    };
    const opened = await createBatchRecords({ store, priceOf }).openBatch({ batchId: 'b', pause: null, now });
    expect(opened.pause).toMatchObject({ by: 'provider', message: 'the price of the model m is not known' });
    expect(await store.batches.find('b')).toMatchObject({ state: 'paused', estimateUsd: null });
  });

  it('P12 P13: close it by how its items did, and record that in its events', async () => {
    const world = await partitionWorld(2, { parallel: 1 });
    world.model.onCreate = (text) => {
      if (text === 'Say word 0') throw failure('provider_request', 'no');
      return undefined;
    };
    await world.partition();
    const { store } = world;
    const records = createBatchRecords({ store, priceOf: () => 0 });
    const closed = await records.closeBatch({ batchId: 'b', stop: null, continuations: 3 });
    expect(closed).toMatchObject({ outcome: 'completed_with_errors', counts: { succeeded: 1, failed: 1 } });
    expect(await store.batches.find('b')).toMatchObject({ state: 'ended', continuations: 3, pause: null });
    expect(await records.closeBatch({ batchId: 'b', stop: null, continuations: 3 })).toEqual(closed);
    // A repeat by a worker that was slow ends no batch whose failed items are tried again.
    await world.store.batches.reopen('b', { uncertain: false, now: new Date() });
    await records.closeBatch({ batchId: 'b', stop: null, continuations: 3 });
    expect(await world.store.batches.find('b')).toMatchObject({ state: 'queued', counts: { pending: 1 } });
    const ends = (await store.events.after('b', 0, 100)).filter(({ type }) => type === 'batch.ended');
    expect(ends.map(({ message }) => message)).toEqual([
      'completed_with_errors: 1 item has no answer: 1 failed, $0.0010',
    ]);
  });
});

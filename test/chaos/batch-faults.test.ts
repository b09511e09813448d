/** What a provider may do to a batch, on a real server with a real worker: no item is lost, and none is paid twice. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBatchWorld, type BatchWorld } from '../../bench/batch/world.ts';
import { changeBatchLimitsUpdate, resumeBatchUpdate } from '../../workflows/contract/batches/messages.ts';
import type { BatchItemView } from '../../workflows/contract/batches/schema.ts';
import { createStoreDatabase, type StoreDatabase } from '../support/temporary-store.ts';
import { createRequest, lookRequest, runFaultyBatch } from '../support/batches/batch-runs.ts';

let folder: string;
let database: StoreDatabase;
let world: BatchWorld;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lodestone-batch-'));
  database = await createStoreDatabase();
  const databaseUrl = database.url;
  world = await startBatchWorld({ folder, databaseUrl, latencyMilliseconds: 200, keepsResponses: true });
}, 120_000);
afterAll(async () => {
  await world.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);
beforeEach(() => {
  world.model.clearFaults();
});

/** For things that come when they come. */
const patience = { timeout: 60_000, interval: 50 };

describe("a provider's faults", { timeout: 180_000 }, () => {
  it('P12 P14 P16: answers that are cut or doubled, and looks that fail, cost no attempt and no second call', async () => {
    const { result, items, paid, paidTwice } = await runFaultyBatch(world, {
      id: 'cut',
      items: 24,
      limits: { parallel: 8 },
      faults: [
        { kind: 'truncated', times: 6, match: createRequest },
        { kind: 'duplicate', times: 4, match: createRequest },
        { kind: 'truncated', times: 2, match: lookRequest },
        { kind: 'reset', times: 2, match: lookRequest },
        { kind: 'server_error', times: 2, match: lookRequest },
        { kind: 'rate_limit', times: 1, retryAfterSeconds: 0.2, match: lookRequest },
      ],
    });
    expect(result).toMatchObject({ outcome: 'completed', counts: { succeeded: 24 } });
    expect(items.map(({ output }) => output)).toEqual(items.map((_, index) => ({ text: `done: Say cut ${index}` })));
    expect(items.every(({ attempts, flagged }) => attempts === 1 && !flagged)).toBe(true);
    expect([paid, paidTwice]).toEqual([24, 0]);
  });

  it('P12 P15: an answer that is incomplete or declined ends its item alone, and one that failed is tried again', async () => {
    const { result, items, paidTwice } = await runFaultyBatch(world, {
      id: 'poor',
      items: 12,
      faults: [
        { kind: 'incomplete', match: createRequest },
        { kind: 'refusal', match: createRequest },
        { kind: 'failed', times: 2, match: createRequest },
      ],
    });
    expect(result).toMatchObject({ outcome: 'completed_with_errors', counts: { succeeded: 10, failed: 2 } });
    const failed = items.filter(({ status }) => status === 'failed');
    expect(new Set(failed.map(({ error }) => error?.type))).toEqual(new Set(['model_answer', 'model_refusal']));
    expect(failed.every(({ attempts }) => attempts === 1)).toBe(true);
    expect(items.filter(({ attempts }) => attempts === 2)).toHaveLength(2);
    expect(paidTwice).toBe(0);
  });

  it('P12 P16 P23: an id that the provider no longer knows ends its item alone, flagged, and is not paid again', async () => {
    const { result, items, paid, paidTwice } = await runFaultyBatch(world, {
      id: 'unknown',
      items: 12,
      faults: [
        { kind: 'truncated', times: 3, match: createRequest },
        { kind: 'unknown_id', times: 3, match: lookRequest },
      ],
    });
    expect(result).toMatchObject({ outcome: 'completed_with_errors', counts: { succeeded: 9, failed: 3 } });
    const failed = items.filter(({ status }) => status === 'failed');
    expect(failed.every(({ attempts, flagged }) => attempts === 1 && flagged)).toBe(true);
    expect(failed[0]?.error).toMatchObject({ type: 'provider_request', message: expect.stringContaining('not found') });
    expect([paid, paidTwice]).toEqual([12, 0]);
  });

  it('P03 P16: a look that hangs is given up at the limit of a call, and looked again', async () => {
    const { result, items, paid, paidTwice } = await runFaultyBatch(world, {
      id: 'hanging',
      items: 6,
      limits: { callSeconds: 1 },
      faults: [
        { kind: 'truncated', times: 2, match: createRequest },
        { kind: 'hang', times: 3, match: lookRequest },
      ],
    });
    expect(result).toMatchObject({ outcome: 'completed', counts: { succeeded: 6 } });
    expect(items.every(({ attempts, flagged }) => attempts === 1 && !flagged)).toBe(true);
    expect([paid, paidTwice]).toEqual([6, 0]);
  });

  it('P12 P15: an outage is waited for with single calls, and burns no attempts', async () => {
    const { entries } = world.model.journal;
    const since = entries.length;
    const { result, items, paid, paidTwice } = await runFaultyBatch(world, {
      id: 'outage',
      items: 250,
      limits: { parallel: 10 },
      async meanwhile() {
        const answered = async () => (await world.store.batches.find('outage'))?.counts.succeeded;
        await expect.poll(answered, patience).toBeGreaterThan(10);
        // All that is asked of it, whatever it is.
        world.model.injectFault({ kind: 'server_error', times: 100_000 });
        const limiter = () => world.store.rateLimiters.find(`127.0.0.1:${world.model.port}/gpt-5.4-mini`);
        // It doubles from a second with every call that tried whether the provider is back.
        await expect.poll(async () => (await limiter()).backoffMilliseconds, patience).toBeGreaterThanOrEqual(8_000);
        world.model.clearFaults();
      },
    });
    expect(result).toMatchObject({ outcome: 'completed', counts: { succeeded: 250 } });
    expect(Math.max(...items.map(({ attempts }) => attempts))).toBeLessThanOrEqual(2);
    const refused = world.model.journal.entries
      .slice(since)
      .filter(({ kind, fault }) => kind === 'create' && fault === 'server_error');
    // Those that were under way at once, and then one at a time, ever more seldom: without that it were hundreds.
    expect(refused.length).toBeLessThanOrEqual(30);
    expect([paid, paidTwice]).toEqual([250, 0]);
  });

  it('P12 P16: a provider that is gone and comes back has each item ended once, and is paid for none twice', async () => {
    const before = world.model.journal;
    const handle = await world.start({ id: 'gone', items: 300, limits: { parallel: 8 } });
    const answered = async () => (await world.store.batches.find('gone'))?.counts.succeeded;
    await expect.poll(answered, patience).toBeGreaterThan(8);
    await world.takeModelAway(async () => {
      // Calls under way use all slots; new calls can only be submitted in the added slots, and those fail.
      await handle.executeUpdate(changeBatchLimitsUpdate, { args: [{ parallel: 16 }] });
      const limiter = () => world.store.rateLimiters.find(`127.0.0.1:${world.model.port}/gpt-5.4-mini`);
      await expect.poll(async () => (await limiter()).backoffMilliseconds, patience).toBeGreaterThanOrEqual(4_000);
    });
    const { counts } = await handle.result();
    // Those whose submission was cut off on its way may have been paid.
    expect(counts.uncertain).toBeLessThanOrEqual(8);
    expect(counts.succeeded + counts.uncertain).toBe(300);
    const creates = [...before.entries, ...world.model.journal.entries].filter(({ kind }) => kind === 'create');
    const taken = creates.filter(({ responseId, fault }) => responseId !== null && fault === null);
    const items: BatchItemView[] = [];
    for await (const item of world.store.batchItems.export('gone')) items.push(item);
    expect(Math.max(...items.map(({ attempts }) => attempts))).toBeLessThanOrEqual(2);
    const inputs = taken.map(({ inputSha256 }) => inputSha256);
    expect(new Set(inputs).size).toBe(inputs.length);
  });

  it('P15: an account without credit pauses the batch, which goes on where it was', async () => {
    const { result, items, paid, paidTwice } = await runFaultyBatch(world, {
      id: 'quota',
      items: 20,
      limits: { parallel: 4 },
      faults: [{ kind: 'quota', times: 4, match: { ...createRequest, nth: 6 } }],
      async meanwhile() {
        const pause = async () => (await world.store.batches.find('quota'))?.pause;
        await expect.poll(pause, patience).toMatchObject({ by: 'provider' });
        world.model.clearFaults();
        await world.client.workflow.getHandle('quota').executeUpdate(resumeBatchUpdate);
      },
    });
    expect(result).toMatchObject({ outcome: 'completed', counts: { succeeded: 20 } });
    expect(items.every(({ attempts }) => attempts === 1)).toBe(true);
    expect([paid, paidTwice]).toEqual([20, 0]);
  });
});

/** Batches on a real server, against a model server that misbehaves, with a worker that is killed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runChaos } from '../../chaos/batch/run.ts';
import { startBatchWorld, type BatchWorld } from '../../bench/batch/world.ts';
import type { FaultOrder } from '../../demo/model-server/faults.ts';
import type { BatchLimits } from '../../workflows/contract/batches/limits.ts';
import { createStoreDatabase, type StoreDatabase } from '../support/temporary-store.ts';
import { createRequest, runFaultyBatch } from '../support/batches/batch-runs.ts';

let folder: string;
let database: StoreDatabase;
let world: BatchWorld;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lodestone-batch-'));
  database = await createStoreDatabase();
  const databaseUrl = database.url;
  world = await startBatchWorld({
    folder,
    databaseUrl,
    latencyMilliseconds: 300,
    answerCharacters: 40,
    sendsEvents: true,
  });
}, 120_000);
afterAll(async () => {
  await world.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);
beforeEach(() => {
  world.model.clearFaults();
});

const create = createRequest;

async function runWith(id: string, items: number, faults: readonly FaultOrder[], limits: Partial<BatchLimits> = {}) {
  return runFaultyBatch(world, { id, items, faults, limits });
}

describe('a batch on a real server', { timeout: 240_000 }, () => {
  it('P09 P10: has all its answers, over pages', async () => {
    const { result, items } = await runWith('plain', 70, [], { pageSize: 30 });
    expect(result).toMatchObject({ outcome: 'completed', continuations: 2, counts: { succeeded: 70 } });
    expect(items.every(({ output }) => JSON.stringify(output).includes('done'))).toBe(true);
    expect(result.costUsd).toBeGreaterThan(0);
  });

  it('P15: waits through a storm of 429, as long as Retry-After says', async () => {
    const storm: FaultOrder = { kind: 'rate_limit', times: 15, retryAfterSeconds: 0.3, match: create };
    const { result, items } = await runWith('storm', 30, [storm], { parallel: 10 });
    expect(result).toMatchObject({ outcome: 'completed', counts: { succeeded: 30 } });
    expect(Math.max(...items.map(({ attempts }) => attempts))).toBeLessThanOrEqual(3);
  });

  it('P12 P15: loses no item in an outage, and none to answers that are sent twice', async () => {
    const faults: readonly FaultOrder[] = [
      { kind: 'duplicate', times: 5, match: create },
      { kind: 'server_error', times: 8, match: { ...create, nth: 8 } },
      { kind: 'failed', times: 2, match: create },
    ];
    const { result } = await runWith('outage', 30, faults, { parallel: 10 });
    expect(result).toMatchObject({ outcome: 'completed', counts: { succeeded: 30 } });
  });

  it("P16: finds a call again by the provider's word when the answer to its submission is lost, and repeats none", async () => {
    const faults: readonly FaultOrder[] = [
      { kind: 'reset', times: 2, match: create },
      { kind: 'hang', times: 1, match: create },
    ];
    const { result, items, paidTwice } = await runWith('lost', 20, faults, { callSeconds: 3 });
    expect(result).toMatchObject({ outcome: 'completed', counts: { succeeded: 20 } });
    expect(items.filter(({ flagged, attempts }) => flagged || attempts > 1)).toEqual([]);
    expect(paidTwice).toBe(0);
  });

  it('P03: gives a submission up that hangs longer than a call may', async () => {
    const hang: FaultOrder = { kind: 'hang', times: 1, when: 'before_work', match: create };
    const { items } = await runWith('hang', 5, [hang], { callSeconds: 2, lostSeconds: 2, resubmitUncertain: true });
    expect(items.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'succeeded'));
    expect(items.filter(({ flagged, attempts }) => flagged && attempts === 2)).toHaveLength(1);
  });

  it('P16 P26: with its worker killed, every item has its answer, and no call is paid twice', async () => {
    const before = world.model.journal.counters().repeatedCreates;
    const limits = { lostSeconds: 10, resubmitUncertain: true };
    const order = { id: 'killed', items: 120, kills: 1, restartServer: false, limits, say: () => undefined };
    const report = await runChaos(world, order);
    expect(report).toMatchObject({ kills: 1, ended: 120, answersFromNowhere: 0 });
    expect(report.paidTwice).toBe(before);
    const { counts } = report.batch;
    expect(counts.succeeded).toBe(120);
    expect(report.batch.reservedUsd).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { itemRequest } from '../../../activities/llm-batch/item-request.ts';
import { reconcileBatches, type Alert, type ReconcileDependencies } from '../../../activities/llm-batch/reconcile.ts';
import type { ReconcileResult } from '../../../workflows/contract/reconcile.ts';
import { laneWorld, type LaneWorld } from '../../support/batch-lane.ts';
import { batchDefinition, sealedBatch } from '../../support/batches.ts';

const hour = 3_600_000;
const signal = new AbortController().signal;

function reconciliation(world: LaneWorld, running: readonly string[] = ['b']) {
  const alerts: Alert[] = [];
  const started: string[] = [];
  const measured: ReconcileResult[] = [];
  const dependencies: ReconcileDependencies = {
    store: world.store,
    model: world.model,
    now: world.clock.now,
    workflows: {
      isRunning: async (batchId) => running.includes(batchId),
      start: async (batchId) => void started.push(batchId),
    },
    measure: (figures) => measured.push(figures),
    alert: (alert) => alerts.push(alert),
  };
  return { alerts, started, measured, look: () => reconcileBatches(dependencies, signal) };
}

/** Items that were submitted, and whose answers never come. */
async function hangingItems(count: number): Promise<LaneWorld> {
  const world = await laneWorld(count, { parallel: 1000, itemSeconds: 30 * 24 * 3600 });
  world.model.latencyMilliseconds = 1000 * hour;
  await world.lane();
  return world;
}

describe('the look after batches', () => {
  it('finds nothing to do where all is well', async () => {
    const world = await laneWorld(3);
    const { look, alerts, started } = reconciliation(world);
    expect(await look()).toEqual({ restarted: 0, recovered: 0, stuckItems: 0, muchTriedItems: 0, longBatches: 0 });
    expect([...alerts, ...started]).toEqual([]);
  });

  it('P16: begins a batch anew whose workflow is gone, but not one whose client may still start it', async () => {
    const world = await laneWorld(3);
    await sealedBatch(world.store, 'fresh', 1);
    const { look, started, alerts } = reconciliation(world, []);
    expect((await look()).restarted).toBe(1);
    expect(started).toEqual(['b']);
    expect(alerts).toMatchObject([{ type: 'batch_restarted', batchId: 'b' }]);
    world.clock.time += 2 * 60_000;
    await look();
    expect(started.toSorted()).toEqual(['b', 'b', 'fresh']);
  });

  it('P16: records the answer of a call that was paid, taken for lost, and came to light', async () => {
    const world = await laneWorld(1);
    const { key } = await world.store.batchLanes.begin({ batchId: 'b', lane: 0, lanes: 1 });
    await world.store.batchLanes.take(key, 1, 1);
    const gate = { key: 'x', tokens: 1 };
    await world.store.batchLanes.admit(key, { position: 0, worstNano: 1e7, gate, now: world.clock.now() });
    world.model.latencyMilliseconds = 60_000;
    const response = await world.model.create(itemRequest(batchDefinition(), { word: 'word 0' }, 60).request);
    await world.lane();
    // The attempt that was taken for dead writes down what it had begun.
    await world.store.batchLanes.orphaned('b', 0, response.id);
    const { look } = reconciliation(world);
    expect((await look()).recovered).toBe(0);
    world.clock.time += 60_000;
    expect((await look()).recovered).toBe(1);
    expect(await world.items()).toMatchObject([
      { status: 'succeeded', output: { text: 'answer to Say word 0' }, flagged: true, costUsd: 0.01, error: null },
    ]);
    expect((await look()).recovered).toBe(0);
  });

  it('P20: alerts of more than 100 items that have been under way for 24 h', async () => {
    const world = await hangingItems(101);
    const { look, alerts } = reconciliation(world);
    expect((await look()).stuckItems).toBe(0);
    world.clock.time += 25 * hour;
    expect((await look()).stuckItems).toBe(101);
    expect(alerts).toContainEqual({
      type: 'items_stuck',
      batchId: null,
      message: '101 items have been under way for more than 24 hours',
    });
    const few = await hangingItems(100);
    few.clock.time += 25 * hour;
    const second = reconciliation(few);
    expect((await second.look()).stuckItems).toBe(100);
    expect(second.alerts.map(({ type }) => type)).not.toContain('items_stuck');
  });

  it('P21: counts the failed items with five attempts or more', async () => {
    const world = await laneWorld(2, { parallel: 2, retries: 4 });
    world.model.onAnswer = (response, text) =>
      text === 'Say word 0'
        ? { ...response, status: 'failed', problem: { code: 'server_error', message: 'oops' } }
        : response;
    await world.lane();
    const { look, measured } = reconciliation(world);
    await look();
    expect(measured).toMatchObject([{ muchTriedItems: 1 }]);
  });

  it('P22: alerts once of a batch that has run for more than 24 h', async () => {
    const world = await laneWorld(1);
    const { look, alerts } = reconciliation(world);
    world.clock.time += 23 * hour;
    expect((await look()).longBatches).toBe(0);
    world.clock.time += 2 * hour;
    expect((await look()).longBatches).toBe(1);
    expect((await look()).longBatches).toBe(1);
    expect(alerts).toMatchObject([{ type: 'batch_over_24_hours', batchId: 'b' }]);
    const events = await world.store.events.after('b', 0, 10);
    expect(events.map(({ type }) => type)).toEqual(['alert.batch_over_24_hours']);
  });
});

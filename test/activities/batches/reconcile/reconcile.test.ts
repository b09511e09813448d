import { describe, expect, it, vi } from 'vitest';
import { reconcileBatches, type ReconcileDependencies } from '../../../../activities/batches/reconcile/reconcile.ts';
import type { Notifier } from '../../../../activities/ports.ts';
import type { Alert, StandingAlert } from '../../../../store/platform/alerts.ts';
import type { ReconcileFigures } from '../../../../workflows/contract/batches/reconcile.ts';
import { partitionWorld, type PartitionWorld } from '../../../support/batches/batch-partition.ts';
import { sealedBatch } from '../../../support/batches/batches.ts';

/** Reports each key once, like the notifiers that record it in the ledger. */
class FakeNotifier implements Notifier {
  readonly name = 'mail';
  readonly reported: StandingAlert[] = [];
  readonly keys: string[] = [];
  problem: Error | null = null;

  async notify(key: string, alert: StandingAlert): Promise<void> {
    if (this.problem !== null) throw this.problem;
    if (this.keys.includes(key)) return;
    this.keys.push(key);
    this.reported.push(alert);
  }

  types(): readonly string[] {
    return this.reported.map(({ type }) => type);
  }
}

const hour = 3_600_000;
const signal = new AbortController().signal;

function reconciliation(
  world: PartitionWorld,
  running: readonly string[] = ['b'],
  isRunning = async (batchId: string): Promise<boolean> => running.includes(batchId),
) {
  const further: Alert[] = [];
  const notifier = new FakeNotifier();
  const started: string[] = [];
  const measured: ReconcileFigures[] = [];
  const logged: string[] = [];
  const write = (line: string) => void logged.push(line);
  const dependencies: ReconcileDependencies = {
    stores: world.store.stores,
    now: world.clock.now,
    workflows: {
      isRunning,
      start: async (batchId) => void started.push(batchId),
    },
    measure: (figures) => measured.push(figures),
    furtherAlerts: async () => further,
    notifiers: [notifier],
    log: { error: write, warn: write, info: write },
  };
  return { notifier, further, started, measured, logged, look: () => reconcileBatches(dependencies, signal) };
}

/** Items that were submitted, and whose answers never come. */
async function hangingItems(count: number): Promise<PartitionWorld> {
  const world = await partitionWorld(count, { parallel: 1000, itemSeconds: 30 * 24 * 3600 });
  world.model.latencyMilliseconds = 1000 * hour;
  await world.partition();
  return world;
}

describe('the reconciliation of batches', () => {
  it('finds nothing to do where all is well', async () => {
    const world = await partitionWorld(3);
    const { look, notifier, started, logged } = reconciliation(world);
    const figures = { stuckItems: 0, muchTriedItems: 0, longBatches: 0, alerts: 0, unsent: 0 };
    expect(await look()).toEqual({ restarted: 0, ...figures });
    expect([...notifier.reported, ...started, ...logged]).toEqual([]);
  });

  it('P16: begins a batch anew whose workflow is gone, but not one whose client may still start it', async () => {
    const world = await partitionWorld(3);
    await sealedBatch(world.store, 'fresh', 1);
    const { look, started, logged } = reconciliation(world, []);
    expect((await look()).restarted).toBe(1);
    expect(started).toEqual(['b']);
    expect(logged).toEqual(['alert: its workflow was gone and was restarted']);
    world.clock.time += 2 * 60_000;
    await look();
    expect(started.toSorted()).toEqual(['b', 'b', 'fresh']);
  });

  it('completes what a process that died has begun with all items of a batch', async () => {
    const world = await partitionWorld(1);
    const { look } = reconciliation(world);
    const { stores, acrossTenants } = world.store;
    vi.spyOn(acrossTenants, 'unfinishedBatches').mockResolvedValue([{ tenant: 'other', id: 'half-removed' }]);
    const completeChange = vi.spyOn(stores.forTenant('other').batches, 'completeChange');
    await look();
    expect(completeChange.mock.calls).toEqual([['half-removed', signal]]);
  });

  it('completes the changes of other batches and restarts lost workflows when one change cannot be completed', async () => {
    const world = await partitionWorld(1);
    const { look, started, logged } = reconciliation(world, []);
    const { stores, acrossTenants } = world.store;
    const unfinished = ['unreadable', 'half-removed'].map((id) => ({ tenant: 'other', id }));
    vi.spyOn(acrossTenants, 'unfinishedBatches').mockResolvedValue(unfinished);
    const completeChange = vi.spyOn(stores.forTenant('other').batches, 'completeChange');
    completeChange.mockRejectedValueOnce(new Error('cannot be read'));
    expect((await look()).restarted).toBe(1);
    expect(completeChange.mock.calls.map(([id]) => id)).toEqual(['unreadable', 'half-removed']);
    expect(started).toEqual(['b']);
    expect(logged).toContain('a change of a batch with all its items could not be completed');
  });

  it('P20: alerts of more than 100 items that have been under way for 24 h', async () => {
    const world = await hangingItems(101);
    const { look, notifier, logged } = reconciliation(world);
    expect((await look()).stuckItems).toBe(0);
    world.clock.time += 25 * hour;
    expect((await look()).stuckItems).toBe(101);
    const message = '101 items have been under way for more than 24 hours';
    expect(notifier.reported).toContainEqual(expect.objectContaining({ type: 'items_stuck', batchId: null, message }));
    expect(logged).toContain(`alert: ${message}`);
    const few = await hangingItems(100);
    few.clock.time += 25 * hour;
    const second = reconciliation(few);
    expect((await second.look()).stuckItems).toBe(100);
    expect(second.notifier.types()).not.toContain('items_stuck');
  });

  it('P21: alerts of items that failed after five attempts or more, for a day', async () => {
    const world = await partitionWorld(2, { parallel: 2, retries: 4 });
    world.model.onAnswer = (response, text) =>
      text === 'Say word 0'
        ? { ...response, status: 'failed', problem: { code: 'server_error', message: 'oops' } }
        : response;
    await world.partition();
    const { look, measured, notifier } = reconciliation(world);
    await look();
    expect(measured).toMatchObject([{ muchTriedItems: 1, alerts: 1 }]);
    expect(notifier.types()).toEqual(['items_much_tried']);
    const end = { outcome: 'completed_with_errors', reason: null, continuations: 0 } as const;
    await world.store.batches.close('b', { ...end, now: new Date(world.clock.now()) });
    expect((await look()).muchTriedItems).toBe(1);
    world.clock.time += 25 * hour;
    expect(await look()).toMatchObject({ muchTriedItems: 0, alerts: 0 });
  });

  it('alerts for an hour of parts of the installation that died', async () => {
    const world = await partitionWorld(1);
    const { look, notifier } = reconciliation(world);
    const at = new Date(world.clock.now());
    const lastDeath = { at: at.toISOString(), reason: 'was killed by SIGKILL' };
    await world.store.acrossTenants.parts.write({ name: 'api', state: 'running', restarts: 1, lastDeath }, at);
    await world.store.acrossTenants.parts.write(
      { name: 'worker llm', state: 'running', restarts: 0, lastDeath: null },
      at,
    );
    expect((await look()).alerts).toBe(1);
    const message = 'parts of the installation died in the last hour: api was killed by SIGKILL';
    expect(notifier.reported).toMatchObject([{ type: 'parts_died', batchId: null, message }]);
    world.clock.time += 2 * hour;
    await world.store.acrossTenants.parts.see(new Date(world.clock.now()));
    expect((await look()).alerts).toBe(0);
  });

  it('C15: alerts of what else is watched', async () => {
    const { look, notifier, further } = reconciliation(await partitionWorld(1));
    further.push({ type: 'disk_filling', batchId: null, message: 'the disk is full' });
    expect((await look()).alerts).toBe(1);
    expect(notifier.types()).toEqual(['disk_filling']);
  });

  it('P22: alerts once of a batch that has run for more than 24 h', async () => {
    const world = await partitionWorld(1);
    const { look, notifier } = reconciliation(world);
    world.clock.time += 23 * hour;
    expect((await look()).longBatches).toBe(0);
    world.clock.time += 2 * hour;
    expect((await look()).longBatches).toBe(1);
    expect((await look()).longBatches).toBe(1);
    const message = 'batch b has run for more than 24 hours';
    expect(notifier.reported).toMatchObject([{ type: 'batch_over_24_hours', batchId: 'b', message }]);
    const events = await world.store.events.after('b', 0, 10);
    expect(events.map(({ type }) => type)).toEqual(['alert.batch_over_24_hours']);
  });

  it('P22: notifies of an alert again for each day that it stands, and when it has come back', async () => {
    const world = await partitionWorld(1);
    const { look, notifier, logged } = reconciliation(world);
    world.clock.time += 25 * hour;
    for (let looks = 0; looks < 30 * 12; looks += 1) {
      await look();
      world.clock.time += hour / 12;
    }
    expect(notifier.types()).toEqual(['batch_over_24_hours', 'batch_over_24_hours']);
    // As one that has ended and was begun anew.
    await world.store.batches.change('b', { startedAt: new Date(world.clock.now()).toISOString() });
    expect((await look()).alerts).toBe(0);
    expect(logged.at(-1)).toBe('an alert is over');
    world.clock.time += 25 * hour;
    await look();
    await look();
    expect(notifier.reported).toHaveLength(3);
    expect(new Set(notifier.keys).size).toBe(3);
  });

  it('P20 P22: reports what is wrong also when Temporal or the provider keeps it from healing anything', async () => {
    const world = await partitionWorld(1);
    const { look, notifier, measured } = reconciliation(world, [], () => Promise.reject(new Error('Temporal is away')));
    world.clock.time += 25 * hour;
    await expect(look()).rejects.toThrow('Temporal is away');
    expect(notifier.types()).toEqual(['batch_over_24_hours']);
    expect(measured).toMatchObject([{ longBatches: 1, alerts: 1, restarted: 0 }]);
  });

  it('P22: does its work although nobody can be notified, and notifies at the next look', async () => {
    const world = await partitionWorld(1);
    const { look, notifier, logged } = reconciliation(world);
    world.clock.time += 25 * hour;
    notifier.problem = new Error('no way');
    expect(await look()).toMatchObject({ alerts: 1, unsent: 1 });
    expect(logged.at(-1)).toBe('people could not be told of an alert by mail');
    notifier.problem = null;
    expect(await look()).toMatchObject({ alerts: 1, unsent: 0 });
    expect(notifier.types()).toEqual(['batch_over_24_hours']);
  });

  it('forgets what the provider reported more than 7 days ago', async () => {
    const world = await partitionWorld(1);
    const { store, clock } = world;
    const { look } = reconciliation(world);
    await store.acrossTenants.providerEvents.record({
      responseId: 'resp_1',
      type: 'response.completed',
      now: clock.now(),
    });
    clock.time += 6 * 24 * hour;
    await store.acrossTenants.providerEvents.record({
      responseId: 'resp_2',
      type: 'response.completed',
      now: clock.now(),
    });
    await look();
    expect(await store.acrossTenants.providerEvents.unnamed(10)).toEqual(['resp_2', 'resp_1']);
    clock.time += 25 * hour;
    await look();
    expect(await store.acrossTenants.providerEvents.unnamed(10)).toEqual(['resp_2']);
  });
});

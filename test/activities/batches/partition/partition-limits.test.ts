/** What holds a partition back: an item's limit, outages, caps and switches. */
import { describe, expect, it } from 'vitest';
import { failure } from '../../../../activities/failure.ts';
import { batchSwitch } from '../../../../store/platform/switches.ts';
import { failing, partitionWorld, statuses, type PartitionWorld } from '../../../support/batches/batch-partition.ts';

const hour = 3_600_000;

/** Runs partitions one after another, as the workflow does with those that hand over. */
async function partitionsUntilDrained(world: PartitionWorld): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    const result = await world.partition();
    if (result.outcome === 'drained') return;
    if (result.outcome !== 'yielded') throw new Error(result.outcome);
  }
  throw new Error('it never ended');
}

describe('the limit of an item', () => {
  it(
    'P05 P27: is 2 h from its submission, after one last look, and the response is cancelled at the provider',
    { timeout: 120_000 },
    async () => {
      const world = await partitionWorld(1);
      world.model.latencyMilliseconds = 30 * hour;
      const began = world.clock.now();
      await partitionsUntilDrained(world);
      expect(await world.items()).toMatchObject([
        { status: 'timed_out', error: { type: 'time_limit', message: 'exceeded 2 hour timeout' } },
      ]);
      expect(world.clock.now() - began).toBeGreaterThanOrEqual(2 * hour);
      expect(world.clock.now() - began).toBeLessThan(2 * hour + 60_000);
      expect(world.model.cancelled).toEqual(['resp_1']);
    },
  );

  it('P05: takes an answer that is there at the last look, however late that look is', async () => {
    const world = await partitionWorld(1);
    world.model.latencyMilliseconds = 2 * hour - 1000;
    const stop = new AbortController();
    world.model.onRetrieve = () => stop.abort(new Error('killed'));
    await expect(world.partition({}, stop.signal)).rejects.toThrow('killed');
    world.model.onRetrieve = () => undefined;
    world.clock.time += 25 * hour;
    await world.partition();
    expect(await statuses(world)).toEqual(['succeeded']);
  });

  it('P05 P23: counts from the creation where that was asked for: an item that is 25 h old is not even submitted', async () => {
    const world = await partitionWorld(1, { itemClock: 'creation' });
    world.clock.time += 25 * hour;
    await world.partition();
    expect(await world.items()).toMatchObject([
      { status: 'timed_out', attempts: 0, error: { message: 'exceeded 2 hour timeout' } },
    ]);
    expect(world.model.submitted()).toEqual([]);
  });

  it('P05: counts from the submission by default: an item that is 25 h old has all its time', async () => {
    const world = await partitionWorld(1);
    world.clock.time += 25 * hour;
    await world.partition();
    expect(await statuses(world)).toEqual(['succeeded']);
  });

  it('P05: keeps looking when the provider is away at the limit', async () => {
    const world = await partitionWorld(1, { itemSeconds: 60 });
    world.model.latencyMilliseconds = 50_000;
    const began = world.clock.now();
    world.model.onRetrieve = () => {
      if (world.clock.now() < began + 120_000) throw failure('provider_unavailable', 'down');
    };
    await world.partition();
    expect(await statuses(world)).toEqual(['succeeded']);
  });
});

describe('an outage', () => {
  it('pauses work instead of burning the attempts of every item', async () => {
    const world = await partitionWorld(60, { parallel: 10 });
    const began = world.clock.now();
    let refused = 0;
    world.model.onCreate = () => {
      if (world.clock.now() < began + 1000 || world.clock.now() > began + 10 * 60_000) return undefined;
      refused += 1;
      throw failure('provider_unavailable', 'down');
    };
    for (let turn = 0; turn < 30; turn += 1) {
      const result = await world.partition();
      if (result.outcome === 'drained') break;
      if (result.outcome === 'waiting') world.clock.time += result.seconds * 1000;
    }
    const items = await world.items();
    expect(items.every(({ status }) => status === 'succeeded')).toBe(true);
    expect(Math.max(...items.map(({ attempts }) => attempts))).toBeLessThanOrEqual(3);
    expect(refused).toBeLessThan(40);
  });

  it('P15: of 429 waits for as long as Retry-After says, and tries with one call first', async () => {
    const world = await partitionWorld(20, { parallel: 10 });
    const calls: number[] = [];
    world.model.onCreate = () => {
      calls.push(world.clock.now());
      if (calls.length <= 12) throw failure('provider_rate_limit', 'slow down', { retryAfterMilliseconds: 20_000 });
      return undefined;
    };
    await world.partition();
    const gaps = calls.slice(1, 13).map((at, index) => at - (calls[index] ?? 0));
    // Those that had passed before the first 429 came back, and then one at a time.
    expect(gaps.every((gap) => gap < 1000 || gap >= 20_000)).toBe(true);
    expect(gaps.filter((gap) => gap >= 20_000).length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...(await world.items()).map(({ attempts }) => attempts))).toBeLessThanOrEqual(2);
    expect(new Set(await statuses(world))).toEqual(new Set(['succeeded']));
  });

  it('of the account (no credit, a wrong key) pauses the batch, and the item keeps its attempts', async () => {
    for (const type of ['provider_quota', 'provider_authentication'] as const) {
      const world = await partitionWorld(3, { parallel: 1 });
      failing(world, 'Say word 0', 1, type);
      expect(await world.partition()).toMatchObject({
        outcome: 'pause',
        by: 'provider',
        message: `${type} on purpose`,
      });
      expect((await world.items())[0]).toMatchObject({ status: 'pending', attempts: 0 });
      await world.partition();
      expect(new Set(await statuses(world))).toEqual(new Set(['succeeded']));
    }
  });
});

describe('money and switches', () => {
  it('P26: a cap is not exceeded; the partition ends with what is under way and asks for a pause', async () => {
    const world = await partitionWorld(40, { parallel: 10, capUsd: 0.02 });
    expect(await world.partition()).toMatchObject({ outcome: 'pause', by: 'budget' });
    const batch = await world.store.batches.find('b');
    expect(batch?.spentUsd).toBeLessThanOrEqual(0.02);
    expect(batch?.spentUsd).toBeGreaterThan(0.01);
    expect(batch?.counts).toMatchObject({ intended: 0, submitted: 0 });
  });

  it('P17: the calls of an hour are bounded, and the partition says when to come back', async () => {
    const world = await partitionWorld(10, { parallel: 2, callsPerHour: 4 });
    const result = await world.partition();
    expect(result).toMatchObject({ outcome: 'waiting' });
    expect(world.model.submitted()).toHaveLength(4);
  });

  it("P25: the platform's switch lets nothing more begin, and nothing is lost by it", async () => {
    const world = await partitionWorld(10, { parallel: 2 });
    world.model.onCreate = () => {
      if (world.model.begun.size === 3) void world.store.switches.stop(batchSwitch, 'stop', new Date());
      return undefined;
    };
    expect(await world.partition()).toMatchObject({ outcome: 'waiting', seconds: 10 });
    const before = world.model.submitted().length;
    expect(before).toBeLessThan(7);
    await world.store.switches.resume(batchSwitch);
    await world.partition();
    expect(new Set(await statuses(world))).toEqual(new Set(['succeeded']));
    expect(world.model.submitted()).toHaveLength(10);
  });

  it('a batch that is paused is left within a second; what is under way stays at the provider', async () => {
    const world = await partitionWorld(10, { parallel: 2 });
    world.model.latencyMilliseconds = 60_000;
    world.model.onCreate = () => {
      void world.store.batches.change('b', { state: 'paused' });
      return undefined;
    };
    const began = world.clock.now();
    expect(await world.partition()).toEqual({ outcome: 'halted' });
    expect(world.clock.now() - began).toBeLessThan(1000);
    expect((await statuses(world)).filter((status) => status === 'submitted').length).toBeGreaterThan(0);
  });
});

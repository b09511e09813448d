/** A batch that makes no progress reports why, and removes the report when it continues. */
import { describe, expect, it } from 'vitest';
import { failure } from '../../../../activities/failure.ts';
import type { BatchWait } from '../../../../store/batches/partitions/batch-waits.ts';
import type { Store } from '../../../../store/store.ts';
import { partitionWorld } from '../../../support/batches/batch-partition.ts';
import { economyWorld } from '../../../support/batches/economy-batch.ts';

/** Everything that partitions report from here on. */
function recordedWaits({ batchWaits }: Store): readonly BatchWait[] {
  const recorded: BatchWait[] = [];
  const record = batchWaits.record.bind(batchWaits);
  batchWaits.record = async (batchId, partition, wait) => {
    recorded.push(wait);
    await record(batchId, partition, wait);
  };
  return recorded;
}

describe('a partition', () => {
  it("reports the provider's rate limit with its end, and takes it back when it goes on", async () => {
    const world = await partitionWorld(3, { parallel: 1 });
    const recorded = recordedWaits(world.store);
    let asked = 0;
    world.model.onCreate = () => {
      asked += 1;
      if (asked === 1) throw failure('provider_rate_limit', 'slow down', { retryAfterMilliseconds: 20_000 });
      return undefined;
    };
    const until = world.clock.now() + 20_000;
    expect(await world.partition()).toEqual({ outcome: 'drained' });
    expect(new Set(recorded.map(({ kind }) => kind))).toEqual(new Set(['rate_limit']));
    expect(recorded[0]?.message).toContain('asks to wait');
    expect(recorded[0]?.until).toBeCloseTo(until, -3);
    expect(await world.store.batchWaits.find('b', world.clock.now())).toEqual([]);
  });

  it('distinguishes a provider that is down from one that asks to wait', async () => {
    const world = await partitionWorld(20, { parallel: 10 });
    const recorded = recordedWaits(world.store);
    const began = world.clock.now();
    world.model.onCreate = () => {
      if (world.clock.now() > began + 20_000) return undefined;
      throw failure('provider_unavailable', 'down');
    };
    expect(await world.partition()).toEqual({ outcome: 'drained' });
    expect(recorded.map(({ kind }) => kind)).toContain('breaker');
    expect(recorded.find(({ kind }) => kind === 'breaker')?.message).toContain('failed one after another');
  });

  it('reports the full hour, and the wait stands while no partition runs', async () => {
    const world = await partitionWorld(10, { parallel: 2, callsPerHour: 4 });
    const result = await world.partition();
    const waits = await world.store.batchWaits.find('b', world.clock.now());
    expect(waits).toMatchObject([{ kind: 'calls_hour', message: expect.stringContaining('4 calls') }]);
    const seconds = result.outcome === 'waiting' ? result.seconds : 0;
    expect(waits[0]?.until).toBeCloseTo(world.clock.now() + seconds * 1000, -4);
    // A person has raised the limit: the next partition says nothing of the kind.
    await world.store.batches.change('b', {
      limits: { ...(await world.store.batches.control('b')).limits, callsPerHour: 100 },
    });
    await world.partition();
    expect(await world.store.batchWaits.find('b', world.clock.now())).toEqual([]);
  });

  it('reports items that wait for their next attempt, when nothing else is under way', async () => {
    const world = await partitionWorld(1, { parallel: 1 });
    const recorded = recordedWaits(world.store);
    let left = 1;
    world.model.onCreate = () => {
      left -= 1;
      if (left >= 0) throw failure('provider_unavailable', 'down', { retryAfterMilliseconds: 8_000 });
      return undefined;
    };
    await world.partition();
    expect(recorded[0]).toMatchObject({ kind: 'retry', message: '1 item is to be tried again: down' });
  });

  it('reports no waits that last for a moment', async () => {
    const world = await partitionWorld(40, { parallel: 10 });
    const recorded = recordedWaits(world.store);
    const limits = { limit: 600, remaining: 1 };
    const report = { kind: 'answered' } as const;
    const recorded600 = { requests: limits, tokens: null };
    await world.store.rateLimiters.report(
      'test/gpt-5.4-mini',
      { report, reported: recorded600, probe: false },
      world.clock.now(),
    );
    await world.partition();
    expect(world.model.submitted()).toHaveLength(40);
    expect(recorded).toEqual([]);
  });
});

describe('an economy batch', () => {
  it("reports that it waits for the provider's batch API, and how far that is", async () => {
    const world = await economyWorld(12);
    const result = await world.look();
    expect(await world.store.batchWaits.find('b', world.clock.now())).toMatchObject([
      { kind: 'provider_batches', message: expect.stringContaining("the provider's batches") },
    ]);
    expect(result).toMatchObject({ outcome: 'waiting' });
    world.provider.end('batch_1', 'completed');
    await world.look();
    expect(await world.store.batchWaits.find('b', world.clock.now())).toEqual([]);
  });

  it('reports a provider that is down', async () => {
    const world = await economyWorld(1);
    world.provider.onCall = () => {
      throw failure('provider_unavailable', 'the provider is down');
    };
    await world.look();
    expect(await world.store.batchWaits.find('b', world.clock.now())).toMatchObject([
      { kind: 'breaker', message: 'the provider is down' },
    ]);
  });
});

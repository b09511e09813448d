/** Batches from before their output schema was refused on save: they run no more, and end when they are stopped. */
import { describe, expect, it, vi } from 'vitest';
import { failure } from '../../../../activities/failure.ts';
import { recordLateAnswers } from '../../../../activities/batches/reconcile/late-answers.ts';
import { stopItems } from '../../../../activities/batches/stop-batch-items.ts';
import type { Store } from '../../../../store/store.ts';
import { partitionWorld } from '../../../support/batches/batch-partition.ts';
import { runningBatch } from '../../../support/batches/batches.ts';
import { economyWorld } from '../../../support/batches/economy-batch.ts';

const { signal } = new AbortController();
const paused = {
  outcome: 'pause',
  by: 'provider',
  message: expect.stringMatching(/^the output schema cannot be used, cancel the batch: .*looks ahead or behind/),
};

/** The batch has a schema that could be saved once. */
function refuse(store: Store, refused: string, pattern = '^(?=.*a)b'): void {
  const definition = store.batches.definition.bind(store.batches);
  vi.spyOn(store.batches, 'definition').mockImplementation(async (id) => {
    const found = await definition(id);
    return id === refused ? { ...found, outputSchema: { type: 'string', pattern } } : found;
  });
}

describe('a batch whose output schema cannot be used any more', () => {
  it.each(['^(?=.*a)b', String.raw`(a)\1`])('pauses for a person, and asks for nothing: %s', async (pattern) => {
    const world = await partitionWorld(2);
    refuse(world.store, 'b', pattern);
    expect(await world.partition()).toMatchObject({ outcome: 'pause', by: 'provider' });
    expect(world.model.submitted()).toEqual([]);
  });

  it('pauses in economy mode too, with the words for it', async () => {
    const world = await economyWorld(2);
    refuse(world.store, 'b');
    expect(await world.look()).toEqual(paused);
    expect(world.provider.held).toEqual([]);
  });

  it('P06: ends when it is cancelled, with what its answers have cost', async () => {
    const world = await partitionWorld(3, { parallel: 4 });
    world.model.onCreate = () => 60_000;
    await world.partition({ until: 1, last: false });
    refuse(world.store, 'b');
    expect(await world.partition()).toEqual(paused);
    world.clock.time += 120_000;
    expect(await stopItems(world.dependencies, 'b', 'cancelled', signal)).toEqual({ left: 0 });
    expect((await world.items()).map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(await world.store.batches.find('b')).toMatchObject({ reservedUsd: 0, spentUsd: 0.001 });
  });

  it('P06 P28: ends in economy mode when it is cancelled', async () => {
    const world = await economyWorld(2);
    await world.look();
    refuse(world.store, 'b');
    world.provider.end('batch_1', 'completed');
    expect(await world.stop('cancelled')).toEqual({ left: 0 });
    const failed = { status: 'failed', error: { type: 'step_definition' } };
    expect(await world.items()).toMatchObject([failed, failed]);
    expect(await world.store.batches.find('b')).toMatchObject({ reservedUsd: 0, spentUsd: 0.002 });
  });

  it('P16: keeps no late answer of another batch from being recorded', async () => {
    const world = await partitionWorld(1);
    const { store, clock, dependencies } = world;
    await runningBatch(store, 'c', 1);
    const create = world.model.create.bind(world.model);
    world.model.create = async (request) => {
      await create(request);
      throw failure('provider_unavailable', 'reset', { perhapsPaid: true });
    };
    await world.partition();
    await world.partition({ batchId: 'c' });
    await store.batchPartitions.recordOrphanedResponse('b', 0, 'resp_1');
    await store.batchPartitions.recordOrphanedResponse('c', 0, 'resp_2');
    refuse(store, 'b');
    clock.time += 3_600_000;
    expect(await recordLateAnswers({ ...dependencies, stores: store.stores }, signal)).toBe(2);
    expect(await world.items()).toMatchObject([{ status: 'failed', error: { type: 'step_definition' } }]);
    expect(await store.batchItems.page('c', { after: null, limit: 1 })).toMatchObject([{ status: 'succeeded' }]);
  });
});

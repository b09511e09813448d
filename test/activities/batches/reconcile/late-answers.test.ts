import { describe, expect, it } from 'vitest';
import { failure } from '../../../../activities/failure.ts';
import { itemRequest } from '../../../../activities/batches/partition/item-request.ts';
import { recordLateAnswers } from '../../../../activities/batches/reconcile/late-answers.ts';
import { partitionWorld, type PartitionWorld } from '../../../support/batches/batch-partition.ts';
import { batchDefinition } from '../../../support/batches/batches.ts';

const hour = 3_600_000;

function look({ dependencies, store }: PartitionWorld): Promise<number> {
  return recordLateAnswers({ ...dependencies, stores: store.stores }, new AbortController().signal);
}

describe('a call that was given up as perhaps paid', () => {
  it('P16: has its answer recorded when the provider reports it only after it was given up', async () => {
    const world = await partitionWorld(1);
    world.model.onCreate = () => undefined;
    const create = world.model.create.bind(world.model);
    let responseId = '';
    world.model.create = async (request) => {
      responseId = (await create(request)).id;
      throw failure('provider_unavailable', 'reset', { perhapsPaid: true });
    };
    await world.partition();
    expect(await world.items()).toMatchObject([{ status: 'uncertain' }]);
    expect(await look(world)).toBe(0);
    world.clock.time += hour;
    await world.store.acrossTenants.providerEvents.record({
      responseId,
      type: 'response.completed',
      now: world.clock.now(),
    });
    expect(await look(world)).toBe(1);
    expect(await world.items()).toMatchObject([{ status: 'succeeded', responseId, flagged: true }]);
  });

  it('P16: is recorded as failed when it had, and is not asked for again and again', async () => {
    const world = await partitionWorld(1);
    const create = world.model.create.bind(world.model);
    world.model.create = async (request) => {
      await create(request);
      throw failure('provider_unavailable', 'reset', { perhapsPaid: true });
    };
    world.model.onAnswer = (response) => ({ ...response, status: 'incomplete' });
    world.model.latencyMilliseconds = hour;
    await world.partition();
    await world.store.batchPartitions.recordOrphanedResponse('b', 0, 'resp_1');
    expect(await look(world)).toBe(0);
    world.clock.time += hour;
    expect(await look(world)).toBe(1);
    expect(await world.items()).toMatchObject([{ status: 'failed', flagged: true, error: { type: 'model_answer' } }]);
    const { looks } = world.model;
    await look(world);
    expect(world.model.looks).toBe(looks);
  });

  it('P16: has its answer recorded when its id came to light', async () => {
    const world = await partitionWorld(1);
    const { key } = await world.store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
    await world.store.batchPartitions.take(key, 1, 1);
    const limiter = { key: 'x', tokens: 1 };
    await world.store.batchPartitions.admit(key, { position: 0, worstNano: 1e7, limiter, now: world.clock.now() });
    world.model.latencyMilliseconds = 60_000;
    const response = await world.model.create(itemRequest(batchDefinition(), { word: 'word 0' }, 60).request);
    await world.partition();
    // The attempt that was taken for dead writes down what it had begun.
    await world.store.batchPartitions.recordOrphanedResponse('b', 0, response.id);
    expect(await look(world)).toBe(0);
    world.clock.time += 60_000;
    expect(await look(world)).toBe(1);
    expect(await world.items()).toMatchObject([
      { status: 'succeeded', output: { text: 'answer to Say word 0' }, flagged: true, costUsd: 0.01, error: null },
    ]);
    expect(await look(world)).toBe(0);
  });
});

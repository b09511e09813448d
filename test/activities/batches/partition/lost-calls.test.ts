import { describe, expect, it } from 'vitest';
import { itemCallKey, itemRequest } from '../../../../activities/batches/partition/item-request.ts';
import { failure } from '../../../../activities/failure.ts';
import { partitionWorld, type PartitionWorld } from '../../../support/batches/batch-partition.ts';
import { batchDefinition } from '../../../support/batches/batches.ts';

/** The provider has sent events before, so a waiting call relies on them. */
async function sendsEvents(world: PartitionWorld): Promise<void> {
  await world.store.acrossTenants.providerEvents.record({
    responseId: 'resp_other',
    type: 'response.completed',
    now: world.clock.now(),
  });
}

/** Item 0, killed between its intent and its id; with `made` the provider got the call. */
async function cutOff(world: PartitionWorld, made: boolean): Promise<string | null> {
  const { key } = await world.store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
  await world.store.batchPartitions.take(key, 1, 1);
  const limiter = { key: 'x', tokens: 1 };
  await world.store.batchPartitions.admit(key, { position: 0, worstNano: 1e7, limiter, now: world.clock.now() });
  if (!made) return null;
  const { request } = itemRequest(batchDefinition(), { word: 'word 0' }, 60);
  const callKey = itemCallKey('b', { position: 0, attempts: 1 });
  return (await world.model.create({ ...request, callKey })).id;
}

function sendLater(world: PartitionWorld, responseId: string, milliseconds: number): void {
  const reported = world.clock.sleep(milliseconds, new AbortController().signal);
  void reported.then(() =>
    world.store.acrossTenants.providerEvents.record({ responseId, type: 'response.completed', now: world.clock.now() }),
  );
}

describe('a call that was cut off before its id was stored', () => {
  it('P16: is found by the name that it gave itself once the provider reports its end, and is not paid twice', async () => {
    const world = await partitionWorld(1);
    await sendsEvents(world);
    const id = await cutOff(world, true);
    sendLater(world, id ?? '', 90_000);
    await world.partition();
    expect(await world.items()).toMatchObject([{ status: 'succeeded', flagged: false, attempts: 1, responseId: id }]);
    expect(world.model.submitted()).toHaveLength(1);
  });

  it('P16: is given up after the time that the batch has set, counted from the submission over all partitions', async () => {
    const world = await partitionWorld(1, { lostSeconds: 900 });
    await sendsEvents(world);
    const began = world.clock.now();
    await cutOff(world, false);
    // A partition hands over after 8 minutes.
    expect(await world.partition()).toEqual({ outcome: 'yielded' });
    expect(await world.partition()).toEqual({ outcome: 'drained' });
    expect(await world.items()).toMatchObject([{ status: 'uncertain', flagged: true }]);
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(900_000);
    expect(world.clock.now() - began).toBeLessThan(910_000);
    expect(world.model.submitted()).toEqual([]);
  });

  it('P16: is made again after that time, flagged, when the batch has that setting', async () => {
    const world = await partitionWorld(1, { lostSeconds: 60, resubmitUncertain: true });
    await sendsEvents(world);
    await cutOff(world, false);
    await world.partition();
    expect(await world.items()).toMatchObject([{ status: 'succeeded', flagged: true, attempts: 2 }]);
    expect(world.model.submitted()).toHaveLength(1);
  });

  it('P16: at a provider that keeps no responses is flagged at once, and no other item waits for it', async () => {
    const world = await partitionWorld(2, { lostSeconds: 900 });
    world.model.keeps = false;
    await sendsEvents(world);
    const began = world.clock.now();
    await cutOff(world, false);
    expect(await world.partition()).toEqual({ outcome: 'drained' });
    expect(await world.items()).toMatchObject([
      { status: 'uncertain', flagged: true },
      { status: 'succeeded', flagged: false, attempts: 1, costUsd: 0.001 },
    ]);
    expect(world.clock.now() - began).toBeLessThan(10_000);
    expect(world.model.looks).toBe(0);
  });

  it('P16: is found too when only the answer to its submission was lost', async () => {
    const world = await partitionWorld(1);
    await sendsEvents(world);
    const create = world.model.create.bind(world.model);
    world.model.create = async (request) => {
      const { id } = await create(request);
      sendLater(world, id, 5_000);
      throw failure('provider_unavailable', 'reset', { perhapsPaid: true });
    };
    await world.partition();
    expect(await world.items()).toMatchObject([{ status: 'succeeded', flagged: false, attempts: 1 }]);
    expect(world.model.submitted()).toHaveLength(1);
  });

  it('P05: is waited for no longer than its item has time', async () => {
    const world = await partitionWorld(1, { lostSeconds: 600, itemSeconds: 120, callSeconds: 60 });
    await sendsEvents(world);
    const began = world.clock.now();
    await cutOff(world, false);
    await world.partition();
    expect(await world.items()).toMatchObject([{ status: 'uncertain', flagged: true }]);
    expect(world.clock.now() - began).toBeLessThan(125_000);
  });
});

describe('where the provider sends events', () => {
  it('P16: a response that was found after a crash is asked for once at once, and once more when its end is reported', async () => {
    const world = await partitionWorld(1);
    await sendsEvents(world);
    world.model.latencyMilliseconds = 20_000;
    const id = await cutOff(world, true);
    const { key } = await world.store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
    await world.store.batchPartitions.submitted(key, 0, id ?? '');
    sendLater(world, id ?? '', 20_000);
    await world.partition();
    expect(await world.items()).toMatchObject([{ status: 'succeeded', responseId: id }]);
    expect(world.model.looks).toBe(2);
  });

  it('an answer that was reported and cannot be had is asked for with pauses that grow', async () => {
    const world = await partitionWorld(1);
    await sendsEvents(world);
    const id = await cutOff(world, true);
    const { key } = await world.store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
    await world.store.batchPartitions.submitted(key, 0, id ?? '');
    const back = world.clock.now() + 120_000;
    world.model.onRetrieve = () => {
      if (world.clock.now() < back) throw failure('provider_unavailable', 'away');
    };
    await world.store.acrossTenants.providerEvents.record({
      responseId: id ?? '',
      type: 'response.completed',
      now: world.clock.now(),
    });
    await world.partition();
    expect(await world.items()).toMatchObject([{ status: 'succeeded', responseId: id }]);
    expect(world.model.looks).toBeLessThan(15);
  });

  it('a response of somebody else is looked up once, and then left alone', async () => {
    const world = await partitionWorld(1, { lostSeconds: 30 });
    await sendsEvents(world);
    const lookedUp: string[] = [];
    world.model.onCallOf = (id) => lookedUp.push(id);
    await cutOff(world, false);
    await world.partition();
    expect(lookedUp).toEqual(['resp_other']);
  });

  it('an end that nobody reports is found by looking all the same', async () => {
    const world = await partitionWorld(1);
    await sendsEvents(world);
    const id = await cutOff(world, true);
    const { key } = await world.store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
    await world.store.batchPartitions.submitted(key, 0, id ?? '');
    world.model.latencyMilliseconds = 20_000;
    await world.partition();
    expect(await world.items()).toMatchObject([{ status: 'succeeded', responseId: id }]);
  });
});

import { describe, expect, it } from 'vitest';
import { failure } from '../../../../activities/failure.ts';
import { itemRequest } from '../../../../activities/batches/partition/item-request.ts';
import { defaultBatchLimits } from '../../../../workflows/contract/batches/limits.ts';
import { batchDefinition } from '../../../support/batches/batches.ts';
import { failing, partitionWorld, statuses } from '../../../support/batches/batch-partition.ts';

const hour = 3_600_000;

describe('a partition', () => {
  it('P08 P10 P11: keeps its window under way, goes on at once, and stops when nothing is pending', async () => {
    const world = await partitionWorld(40, { parallel: 10 });
    const began = world.clock.now();
    expect(await world.partition()).toEqual({ outcome: 'drained' });
    expect(new Set(await statuses(world))).toEqual(new Set(['succeeded']));
    expect(world.model.most).toBe(10);
    // Four rounds of ten; how calls fall together depends on the machine. One after the other, they would take 40 s.
    expect(world.clock.now() - began).toBeLessThan(8 * 1300);
    expect((await world.items())[3]).toMatchObject({
      output: { text: 'answer to Say word 3' },
      attempts: 1,
      costUsd: 0.001,
      inputTokens: 100,
      error: null,
    });
    expect(await world.store.batches.find('b')).toMatchObject({ spentUsd: 0.04, reservedUsd: 0 });
  });

  it('P08 P24: heeds a window that is changed while it runs', async () => {
    const world = await partitionWorld(30, { parallel: 2 });
    let seen = 0;
    world.model.onCreate = () => {
      seen += 1;
      if (seen === 4) void world.store.batches.control('b').then(widen);
      return undefined;
    };
    const widen = ({ limits }: { limits: object }) =>
      world.store.batches.change('b', { limits: { ...defaultsOf(limits), parallel: 12 } });
    await world.partition();
    expect(world.model.most).toBe(12);
  });

  it('P09: hands what is under way to the next run when another page follows', async () => {
    const world = await partitionWorld(6, { parallel: 4 });
    expect(await world.partition({ until: 3, last: false })).toEqual({ outcome: 'drained' });
    expect(await statuses(world)).toEqual(['submitted', 'submitted', 'submitted', 'pending', 'pending', 'pending']);
    await world.partition();
    expect(new Set(await statuses(world))).toEqual(new Set(['succeeded']));
    expect(world.model.submitted()).toHaveLength(6);
  });

  it('P07: hands over before its attempt would be longer than 10 minutes', async () => {
    const world = await partitionWorld(1);
    world.model.latencyMilliseconds = hour;
    const began = world.clock.now();
    expect(await world.partition()).toEqual({ outcome: 'yielded' });
    expect(world.clock.now() - began).toBeLessThan(9 * 60_000);
    expect(await statuses(world)).toEqual(['submitted']);
  });

  it('P16: re-attaches to what an attempt that died had submitted, and pays nothing twice', async () => {
    const world = await partitionWorld(5, { parallel: 5 });
    const stop = new AbortController();
    world.model.onRetrieve = () => stop.abort(new Error('killed'));
    await expect(world.partition({}, stop.signal)).rejects.toThrow('killed');
    world.model.onRetrieve = () => undefined;
    await world.partition();
    expect(new Set(await statuses(world))).toEqual(new Set(['succeeded']));
    expect(world.model.submitted()).toHaveLength(5);
  });

  it('P16: flags an item that may have been paid and lost in a crash, and leaves it to a person', async () => {
    const world = await partitionWorld(2);
    const { key } = await world.store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
    await world.store.batchPartitions.take(key, 1, 1);
    const limiter = { key: 'x', tokens: 1 };
    await world.store.batchPartitions.admit(key, { position: 0, worstNano: 1e7, limiter, now: world.clock.now() });
    await world.partition();
    expect((await world.items())[0]).toMatchObject({ status: 'uncertain', flagged: true, attempts: 1, costUsd: 0.01 });
    expect(world.model.submitted()).toEqual(['Say word 1']);
  });

  it('P16: takes up such an item when the attempt before was only slow, and writes its id down late', async () => {
    const world = await partitionWorld(1);
    const { key } = await world.store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
    await world.store.batchPartitions.take(key, 1, 1);
    const limiter = { key: 'x', tokens: 1 };
    await world.store.batchPartitions.admit(key, { position: 0, worstNano: 1e7, limiter, now: world.clock.now() });
    const { id } = await world.model.create(itemRequest(batchDefinition(), { word: 'word 0' }, 60).request);
    const late = world.clock.sleep(5000, new AbortController().signal);
    void late.then(() => world.store.batchPartitions.recordOrphanedResponse('b', 0, id));
    await world.partition();
    expect(await world.items()).toMatchObject([{ status: 'succeeded', flagged: false, attempts: 1, responseId: id }]);
    expect(world.model.submitted()).toHaveLength(1);
  });

  it('P16: submits such an item again, flagged, when the batch has that setting', async () => {
    const world = await partitionWorld(1, { resubmitUncertain: true });
    let first = true;
    world.model.onCreate = () => {
      if (!first) return undefined;
      first = false;
      throw failure('provider_unavailable', 'reset', { perhapsPaid: true });
    };
    await world.partition();
    const [item] = await world.items();
    expect(item).toMatchObject({ status: 'succeeded', flagged: true, attempts: 2 });
    expect(item?.costUsd).toBeCloseTo(0.011);
  });
});

function defaultsOf(limits: object) {
  return { ...defaultBatchLimits, ...limits };
}

describe('the attempts of an item', () => {
  it('P04 P12 P14: are 7 of its own, and one item never sinks the others', async () => {
    const world = await partitionWorld(4, { parallel: 4 });
    let refusals = 0;
    world.model.onAnswer = (response, text) => {
      if (text !== 'Say word 1') return response;
      refusals += 1;
      return { ...response, status: 'failed', problem: { code: 'server_error', message: 'oops' } };
    };
    await world.partition();
    expect(refusals).toBe(7);
    expect(await statuses(world)).toEqual(['succeeded', 'failed', 'succeeded', 'succeeded']);
    const items = await world.items();
    expect(items.map(({ attempts }) => attempts)).toEqual([1, 7, 1, 1]);
    expect(items[1]?.error).toEqual({
      type: 'provider_unavailable',
      message: 'the response failed: server_error: oops',
    });
    expect(items[1]?.costUsd).toBeCloseTo(0.007);
  });

  it('P15: end at once with a terminal error, and go on after one that passes', async () => {
    const terminal = await partitionWorld(1);
    failing(terminal, 'Say word 0', 1, 'provider_request');
    await terminal.partition();
    expect(await terminal.items()).toMatchObject([
      { status: 'failed', attempts: 1, error: { type: 'provider_request' } },
    ]);
    const passing = await partitionWorld(1);
    failing(passing, 'Say word 0', 2);
    await passing.partition();
    expect(await passing.items()).toMatchObject([{ status: 'succeeded', attempts: 3, error: null }]);
  });

  it('P15: end at once when the model declines or its answer is cut', async () => {
    const world = await partitionWorld(2, { parallel: 2 });
    world.model.onAnswer = (response, text) =>
      text === 'Say word 0'
        ? { ...response, refusal: 'I will not' }
        : { ...response, status: 'incomplete', problem: { code: 'incomplete', message: 'max_output_tokens' } };
    await world.partition();
    expect((await world.items()).map(({ error, attempts }) => [error?.type, attempts])).toEqual([
      ['model_refusal', 1],
      ['model_answer', 1],
    ]);
  });

  it('P23: an id that the provider does not know ends the item at once, flagged', async () => {
    const world = await partitionWorld(2, { parallel: 2 });
    world.model.onRetrieve = (id) => {
      if (id === 'resp_1') throw failure('provider_request', `Response with id '${id}' not found.`);
    };
    await world.partition();
    const items = await world.items();
    expect(items.map(({ status }) => status).sort()).toEqual(['failed', 'succeeded']);
    expect(items.find(({ status }) => status === 'failed')).toMatchObject({
      flagged: true,
      attempts: 1,
      error: { type: 'provider_request', message: "Response with id 'resp_1' not found." },
    });
  });

  it('P27: are each reported, with the reason', async () => {
    const world = await partitionWorld(1);
    failing(world, 'Say word 0', 1);
    await world.partition();
    expect(world.events).toMatchObject([
      { kind: 'attempt_failed', attempt: 1, reason: { type: 'provider_unavailable' } },
      { kind: 'ended', status: 'succeeded' },
    ]);
  });

  it('looking for an answer may fail as often as it likes: it is no attempt', async () => {
    const world = await partitionWorld(1);
    let looks = 0;
    world.model.onRetrieve = () => {
      looks += 1;
      if (looks < 12) throw failure('provider_unavailable', 'down');
    };
    await world.partition();
    expect(await world.items()).toMatchObject([{ status: 'succeeded', attempts: 1 }]);
  });
});

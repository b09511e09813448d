/** Answers whose check takes too long or is aborted: they are paid for, and are not requested again. */
import { expect, it } from 'vitest';
import { EndWatch } from '../../../activities/batches/end-watch.ts';
import { judgeResponse } from '../../../activities/batches/partition/item-end.ts';
import { settleItem } from '../../../activities/batches/partition/item-settle.ts';
import type { PartitionContext } from '../../../activities/batches/partition/partition-context.ts';
import { PollPace } from '../../../activities/batches/partition/poll-pace.ts';
import type { OutputReader } from '../../../activities/output-schema.ts';
import { partitionWorld } from '../../support/batches/batch-partition.ts';
import { textResponse } from '../../support/llm/responses.ts';

const answer = textResponse('resp_1', '[1]');

/** A partition with one item that is submitted. */
async function settling(read: OutputReader) {
  const world = await partitionWorld(1);
  const { store, dependencies, clock } = world;
  const definition = await store.batches.definition('b');
  const { key } = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
  const [item] = await store.batchPartitions.take(key, 1, 1);
  if (item === undefined) throw new Error('there is no item');
  const limiter = { key: 'x', tokens: 1 };
  await store.batchPartitions.admit(key, { position: 0, worstNano: 1e7, limiter, now: clock.now() });
  await store.batchPartitions.submitted(key, 0, 'resp_1');
  const leave = new AbortController();
  const context: PartitionContext = {
    dependencies,
    key,
    definition,
    limits: () => definition.limits,
    read,
    pace: new PollPace(),
    ends: new EndWatch(dependencies.eventLookup),
    handOver: leave.signal,
    report: async () => undefined,
  };
  return { world, leave, settled: settleItem(context, item, answer, leave.signal) };
}

it('an item whose answer cannot be judged within the limits fails with what it has cost, and is not repeated', async () => {
  const problem = 'it cannot be judged by the schema: the work takes more than 5 s of computing';
  const { world, settled } = await settling(async () => ({ ok: false, problem, isUnjudged: true }));
  expect(await settled).toEqual({ kind: 'ended' });
  expect(await world.items()).toMatchObject([
    {
      status: 'failed',
      costUsd: answer.usage.costUsd,
      error: { type: 'step_definition', message: expect.any(String) },
    },
  ]);
});

it('an answer that does not fit is asked for again', async () => {
  const read: OutputReader = async () => ({ ok: false, problem: 'must be integer' });
  expect(await judgeResponse(answer, read)).toMatchObject({ kind: 'retry', reason: { type: 'model_answer' } });
});

it('a partition that hands over waits for no judging: the answer is left at the provider for the next', async () => {
  const { world, leave, settled } = await settling(
    (_text, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('given up')));
      }),
  );
  leave.abort();
  expect(await settled).toEqual({ kind: 'left' });
  expect(await world.items()).toMatchObject([{ status: 'submitted', responseId: 'resp_1' }]);
});

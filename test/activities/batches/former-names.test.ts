/** Runs of earlier versions that still go on call activities by their former names. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { createRunBatchPartition } from '../../../activities/batches/partition/run-batch-partition.ts';
import { partitionWorld, statuses } from '../../support/batches/batch-partition.ts';

it('a partition that a run of an earlier version asks for as a lane is run', async () => {
  const world = await partitionWorld(2, { parallel: 2 });
  const activities = createRunBatchPartition(world.dependencies);
  const input = { batchId: 'b', lane: 0, lanes: 1, until: 2, last: true, continuations: 0 };
  const running = new MockActivityEnvironment().run((former: typeof input) => activities.runBatchLane(former), input);
  expect(await world.clock.run(running)).toEqual({ outcome: 'drained' });
  expect(await statuses(world)).toEqual(['succeeded', 'succeeded']);
});

/** What a partition holds does not grow with the items that it has had. */
import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { runPartition } from '../../../../activities/batches/partition/partition.ts';
import type { Model } from '../../../../activities/ports.ts';
import { partitionWorld, statuses } from '../../../support/batches/batch-partition.ts';

it('P09: of 1,000 items none leaves a listener behind, on the signal of the partition or of the activity', async () => {
  const world = await partitionWorld(1000, { parallel: 20 });
  const activity = new AbortController().signal;
  const most = new Map<AbortSignal, number>();
  const count = (signal: AbortSignal): void => {
    const listeners = getEventListeners(signal, 'abort').length;
    most.set(signal, Math.max(listeners, most.get(signal) ?? 0));
  };
  const model: Model = {
    create: (request) => world.model.create(request),
    cancel: (id) => world.model.cancel(id),
    async retrieve(id, _name, signal) {
      count(signal);
      count(activity);
      return world.model.retrieve(id);
    },
  };
  const partition = { batchId: 'b', partition: 0, partitions: 1, until: 1000, last: true, continuations: 0 };
  const running = runPartition({ ...world.dependencies, model }, partition, activity);
  expect(await world.clock.run(running)).toEqual({ outcome: 'drained' });
  expect(new Set(await statuses(world))).toEqual(new Set(['succeeded']));
  expect(most.size, 'the signals of the partition and of its activity').toBe(2);
  expect(Math.max(...most.values())).toBeLessThanOrEqual(20);
  const ofPartition = [...most.keys()].filter((signal) => signal !== activity);
  expect(ofPartition.map((signal) => getEventListeners(signal, 'abort').length)).toEqual([0]);
});

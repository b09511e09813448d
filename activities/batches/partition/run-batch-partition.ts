/** Runs a partition (`partition.ts`) as an activity: heartbeats, cancellation, log lines and metrics. */
import { Context } from '@temporalio/activity';
import type {
  BatchPartitionActivities,
  BatchPartitionInput,
  BatchPartitionResult,
  FormerBatchActivities,
} from '../../../workflows/contract/batches/batch.ts';
import { withHeartbeat } from '../../heartbeat.ts';
import { runPartition } from './partition.ts';
import type { BatchDependencies, ItemEvent } from '../ports.ts';

export function createRunBatchPartition(
  dependencies: Omit<BatchDependencies, 'onItem'>,
): Pick<BatchPartitionActivities, 'runBatchPartition'> & FormerBatchActivities {
  const runBatchPartition = (input: BatchPartitionInput): Promise<BatchPartitionResult> => {
    const { partition, partitions, until } = input;
    const onItem = itemObserver();
    // The checkpoint is in the store; the heartbeat's details only name the partition in Temporal's Web UI.
    return withHeartbeat({ partition, partitions, until }, (_beat, signal) =>
      runPartition({ ...dependencies, onItem }, input, signal),
    );
  };
  return {
    runBatchPartition,
    runBatchLane: ({ lane, lanes, ...shared }) => runBatchPartition({ ...shared, partition: lane, partitions: lanes }),
  };
}

/** Logs every failed attempt and every item that ends without an answer; counts ended items and their cost. */
export function itemObserver(): (event: ItemEvent) => void {
  const { log, metricMeter } = Context.current();
  const ends = metricMeter.createCounter('lodestone_batch_items', 'items', 'Ended items of batches, by how they ended');
  const attempts = metricMeter.createCounter('lodestone_batch_failed_attempts', 'attempts', 'Failed calls of items');
  const cost = metricMeter.createCounter('lodestone_batch_cost_microusd', 'microusd', 'What ended items have cost');
  return (event) => {
    const { batchId, position } = event;
    if (event.kind === 'attempt_failed') {
      const { attempt, reason } = event;
      attempts.add(1, { type: reason.type });
      log.warn('an attempt of a batch item failed', {
        batchId,
        position,
        attempt,
        type: reason.type,
        message: reason.message,
      });
      return;
    }
    const { status, reason, costUsd } = event;
    ends.add(1, { status });
    cost.add(Math.round(costUsd * 1e6));
    if (reason !== null) {
      log.warn('a batch item ended without an answer', {
        batchId,
        position,
        status,
        type: reason.type,
        message: reason.message,
      });
    }
  };
}

/** The lane as an activity: heartbeats, cancellation, log lines and metrics round the loop in `lane.ts`. */
import { Context } from '@temporalio/activity';
import type { BatchLaneActivities } from '../../../workflows/contract/batches/batch.ts';
import { withHeartbeat } from '../../heartbeat.ts';
import { runLane } from './lane.ts';
import type { BatchDependencies, ItemEvent } from '../ports.ts';

export function createRunBatchLane(
  dependencies: Omit<BatchDependencies, 'onItem'>,
): BatchLaneActivities['runBatchLane'] {
  return (input) => {
    const { lane, lanes, until } = input;
    const onItem = itemObserver();
    // The store is the checkpoint; the beat says which lane is alive.
    return withHeartbeat({ lane, lanes, until }, (_beat, signal) =>
      runLane({ ...dependencies, onItem }, input, signal),
    );
  };
}

/** Logs every failed attempt and every end that is no success, and counts the ends and what they cost. */
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

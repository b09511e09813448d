/** A batch's activities without a store or a provider: they remember what they were asked; tests replace what they are about. */
import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import {
  batchOutcome,
  noBatchCounts,
  type BatchLaneInput,
  type BatchLaneResult,
  type ChangeBatchInput,
  type CloseBatchInput,
  type StopBatchItemsInput,
} from '../../../workflows/contract/batches/batch.ts';
import { defaultBatchLimits, type BatchLimits } from '../../../workflows/contract/batches/limits.ts';
import type { BatchEconomyInput } from '../../../workflows/contract/batches/economy.ts';
import type { BatchMode } from '../../../workflows/contract/batches/mode.ts';
import type { AllBatchActivities } from '../workflow-environment.ts';

export interface BatchRecorded {
  readonly lanes: BatchLaneInput[];
  readonly looks: BatchEconomyInput[];
  readonly changes: ChangeBatchInput[];
  readonly stops: StopBatchItemsInput[];
  readonly closes: CloseBatchInput[];
}

export function fakeBatchActivities(
  batch: {
    readonly itemCount: number;
    readonly limits?: Partial<BatchLimits>;
    readonly startedAt?: string;
    readonly mode?: BatchMode;
  },
  replaced: Partial<AllBatchActivities> = {},
): { readonly activities: AllBatchActivities; readonly recorded: BatchRecorded } {
  const recorded: BatchRecorded = { lanes: [], looks: [], changes: [], stops: [], closes: [] };
  const { runBatchLane, runBatchEconomy, ...others } = replaced;
  const activities: AllBatchActivities = {
    openBatch: async ({ pause, now }) => ({
      itemCount: batch.itemCount,
      startedAt: batch.startedAt ?? now,
      pause,
      limits: { ...defaultBatchLimits, ...batch.limits },
      mode: batch.mode ?? 'standard',
      stop: null,
    }),
    changeBatch: async (input) => {
      recorded.changes.push(input);
    },
    stopBatchItems: async (input) => {
      recorded.stops.push(input);
      return { left: 0 };
    },
    closeBatch: async (input) => {
      recorded.closes.push(input);
      const counts = { ...noBatchCounts(), succeeded: batch.itemCount };
      return { outcome: batchOutcome(counts, input.stop), reason: null, counts, costUsd: 0.5 };
    },
    ...others,
    runBatchEconomy: async (input) => {
      recorded.looks.push(input);
      return runBatchEconomy === undefined ? { outcome: 'drained' } : runBatchEconomy(input);
    },
    runBatchLane: async (input) => {
      recorded.lanes.push(input);
      return runBatchLane === undefined ? { outcome: 'drained' } : runBatchLane(input);
    },
  };
  return { activities, recorded };
}

/** A lane that has work until the batch is paused or stopped, even if it was resumed before the lane looked. */
export async function laneUntilHalted({ changes }: BatchRecorded): Promise<BatchLaneResult> {
  const isHalted = () => changes.some(({ state }) => state !== undefined && state !== 'running');
  while (!isHalted()) {
    Context.current().heartbeat();
    await delay(20, undefined, { signal: Context.current().cancellationSignal });
  }
  return { outcome: 'halted' };
}

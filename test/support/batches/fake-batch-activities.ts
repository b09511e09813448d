/** A batch's activities without a store or a provider: they remember what they were asked; tests replace what they are about. */
import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import {
  batchOutcome,
  noBatchCounts,
  type BatchPartitionInput,
  type BatchPartitionResult,
  type ChangeBatchInput,
  type CloseBatchInput,
  type StopBatchItemsInput,
} from '../../../workflows/contract/batches/batch.ts';
import { defaultBatchLimits, type BatchLimits } from '../../../workflows/contract/batches/limits.ts';
import type { BatchEconomyInput } from '../../../workflows/contract/batches/economy.ts';
import type { BatchMode } from '../../../workflows/contract/batches/mode.ts';
import type { AllBatchActivities } from '../workflows/workflow-environment.ts';

export interface BatchRecorded {
  readonly partitions: BatchPartitionInput[];
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
  const recorded: BatchRecorded = { partitions: [], looks: [], changes: [], stops: [], closes: [] };
  const { runBatchPartition, runBatchEconomy, ...others } = replaced;
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
    runBatchPartition: async (input) => {
      recorded.partitions.push(input);
      return runBatchPartition === undefined ? { outcome: 'drained' } : runBatchPartition(input);
    },
  };
  return { activities, recorded };
}

/** A partition that has work until the batch is paused or stopped, even if it was resumed before the partition looked. */
export async function partitionUntilHalted({ changes }: BatchRecorded): Promise<BatchPartitionResult> {
  const isHalted = () => changes.some(({ state }) => state !== undefined && state !== 'running');
  while (!isHalted()) {
    Context.current().heartbeat();
    await delay(20, undefined, { signal: Context.current().cancellationSignal });
  }
  return { outcome: 'halted' };
}

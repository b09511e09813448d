/**
 * What clients say to a running batch. Updates return once the change is in the store and in force; a validator refuses
 * what does not fit without a trace in history. Safe in the workflow sandbox; clients import it too.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BatchPause, BatchState } from './batch.ts';
import type { BatchLimitChanges, BatchLimits } from './limits.ts';

export interface BatchStatus {
  readonly state: BatchState;
  readonly pause: BatchPause | null;
  /** What the batch waits for besides answers (a switch, an hour's limit), or null. */
  readonly waiting: string | null;
  readonly itemCount: number;
  readonly page: number;
  readonly continuations: number;
  readonly limits: BatchLimits;
}

export const batchStatusQuery = defineQuery<BatchStatus>('batchStatus');

/** Stops submitting; what is under way stays at the provider and is taken up again on `resume`. */
export const pauseBatchUpdate = defineUpdate<BatchStatus, [{ readonly message: string }]>('pauseBatch');
export const resumeBatchUpdate = defineUpdate<BatchStatus>('resumeBatch');
/** Cancels what is under way at the provider and ends the batch; answers that are there stay. */
export const cancelBatchUpdate = defineUpdate<BatchStatus>('cancelBatch');
/** Takes in items that were stored behind the last: `itemCount` is the new count of all. */
export const appendToBatchUpdate = defineUpdate<BatchStatus, [{ readonly itemCount: number }]>('appendToBatch');
export const changeBatchLimitsUpdate = defineUpdate<BatchStatus, [BatchLimitChanges]>('changeBatchLimits');
/** Something that the batch may wait for has changed (the platform's switch): look again at once. */
export const wakeBatchSignal = defineSignal('wakeBatch');

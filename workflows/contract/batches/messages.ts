/**
 * Queries, Updates and signals of a running batch. An Update returns when its change is stored and in force; a validator
 * refuses wrong changes without a trace in history. Safe in the workflow sandbox; clients import it too.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BatchPause, BatchState } from './batch.ts';
import type { BatchLimitChanges, BatchLimits } from './limits.ts';

export interface BatchStatus {
  readonly state: BatchState;
  readonly pause: BatchPause | null;
  /** What the batch waits for, other than answers (the platform's switch, a limit of an hour); null when nothing else. */
  readonly waiting: string | null;
  readonly itemCount: number;
  readonly page: number;
  readonly continuations: number;
  readonly limits: BatchLimits;
}

export const batchStatusQuery = defineQuery<BatchStatus>('batchStatus');

/** Stops submissions. Calls under way continue at the provider; their answers are fetched after `resume`. */
export const pauseBatchUpdate = defineUpdate<BatchStatus, [{ readonly message: string }]>('pauseBatch');
export const resumeBatchUpdate = defineUpdate<BatchStatus>('resumeBatch');
/** Cancels the calls under way at the provider and ends the batch; keeps the answers that exist. */
export const cancelBatchUpdate = defineUpdate<BatchStatus>('cancelBatch');
/** Accepts items that were stored after the batch's last one; `itemCount` is the new total. */
export const appendToBatchUpdate = defineUpdate<BatchStatus, [{ readonly itemCount: number }]>('appendToBatch');
export const changeBatchLimitsUpdate = defineUpdate<BatchStatus, [BatchLimitChanges]>('changeBatchLimits');
/** Ends the batch's wait at once, because something that it may wait for has changed (the platform's switch). */
export const wakeBatchSignal = defineSignal('wakeBatch');

/**
 * A batch: one prompt over thousands of items. What clients, the workflow, its activities and the store say to each
 * other: ids, ranges and counts, never the items themselves, which stay in the store. Types and pure functions, safe in
 * the workflow sandbox; the schemas are in `batch-schema.ts`, the messages in `batch-messages.ts`.
 */
import type { BatchLimits } from './limits.ts';
import type { BatchMode } from './mode.ts';
import type { Reason } from '../failures.ts';

/** The workflow's type. A batch's id is also its workflow's id. */
export const llmBatchType = 'llmBatch';

/**
 * `importing`: items are being stored, nothing runs. `queued`: sealed, its workflow not yet begun. `stopping`: its limit
 * or a person ends it, and what is under way is cancelled at the provider.
 */
export const batchStates = ['importing', 'queued', 'running', 'paused', 'stopping', 'ended'] as const;
export type BatchState = (typeof batchStates)[number];

/** `failed`: every item failed, or the job's limit was reached. `completed_with_errors`: some items have no answer. */
export const batchOutcomes = ['completed', 'completed_with_errors', 'failed', 'cancelled'] as const;
export type BatchOutcome = (typeof batchOutcomes)[number];

/**
 * `intended`: about to be submitted; found after a crash, it may have been paid for. `submitted`: the provider has given
 * an id, which is re-attached to. `uncertain`: an end; the call may have been paid, and a person decides on a repeat.
 */
export const batchItemStatuses = [
  'pending',
  'intended',
  'submitted',
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'uncertain',
] as const;
export type BatchItemStatus = (typeof batchItemStatuses)[number];
export const batchItemEnds = ['succeeded', 'failed', 'timed_out', 'cancelled', 'uncertain'] as const;
export type BatchItemEnd = (typeof batchItemEnds)[number];

/**
 * What a batch that runs may wait for: the provider's rate limit, a provider that is down (`breaker`: the circuit breaker is
 * open), calls under way that hold the rest of the cap (`cap_busy`), room in the hour's money or calls, the next attempt of
 * items that failed, or the provider's batch API.
 */
export const batchWaitKinds = [
  'rate_limit',
  'breaker',
  'cap_busy',
  'cap_hour',
  'calls_hour',
  'retry',
  'provider_batches',
] as const;
export type BatchWaitKind = (typeof batchWaitKinds)[number];

/** Items by status; all statuses are there. */
export type BatchCounts = Readonly<Record<BatchItemStatus, number>>;

export function noBatchCounts(): Record<BatchItemStatus, number> {
  const none = { pending: 0, intended: 0, submitted: 0 };
  return { ...none, succeeded: 0, failed: 0, timed_out: 0, cancelled: 0, uncertain: 0 };
}

/** Why a batch ended before its items did. */
export type BatchStop = 'cancelled' | 'job_time_limit' | 'budget';

/** How a batch ended, by how its items did and why it was stopped, if it was. */
export function batchOutcome(counts: BatchCounts, stop: BatchStop | null): BatchOutcome {
  if (stop === 'cancelled') return 'cancelled';
  if (stop === 'job_time_limit') return 'failed';
  const unanswered = counts.failed + counts.timed_out + counts.cancelled + counts.uncertain;
  if (unanswered === 0) return 'completed';
  return counts.succeeded === 0 ? 'failed' : 'completed_with_errors';
}

/** Why the items of a batch that was stopped have no answer, and why the batch ended. */
export function stopReason(stop: BatchStop, jobSeconds: number): Reason {
  if (stop === 'cancelled') return { type: 'cancelled', message: 'the batch was cancelled' };
  if (stop === 'budget') return { type: 'budget', message: 'the cap of the batch is reached' };
  return {
    type: 'job_time_limit',
    message: `the batch did not end within ${Number((jobSeconds / 3600).toFixed(4))} hours`,
  };
}

/** Where people look for the text of a timed-out item, to the letter. */
export function itemLimitMessage(itemSeconds: number): string {
  return `exceeded ${Number((itemSeconds / 3600).toFixed(4))} hour timeout`;
}

/** Pages of a batch, of which the last may be short; 1 for a batch without items. */
export function batchPages(itemCount: number, pageSize: number): number {
  return Math.max(1, Math.ceil(itemCount / pageSize));
}

/** Items that one activity keeps under way; more are spread over several, and so over workers. */
const itemsPerPartition = 25;

/** Activities among which a window is divided. */
export function partitionCount(parallel: number): number {
  return Math.ceil(parallel / itemsPerPartition);
}

/** The part of the window that a partition has; the parts add up to the window. */
export function partitionShare(parallel: number, partition: number, partitions: number): number {
  return Math.floor(parallel / partitions) + (partition < parallel % partitions ? 1 : 0);
}

/** The workflow's input. A client gives the first three; the rest is what a run hands to the next. */
export interface LlmBatchInput {
  readonly batchId: string;
  readonly limits: BatchLimits;
  /** Begun paused: the estimate is made, and nothing is submitted until it is resumed. */
  readonly startPaused: boolean;
  /** Whether it ends at its cap, where it would otherwise pause: nobody is there to raise it. */
  readonly endsAtCap?: boolean;
  readonly carried?: BatchCarried;
}

/** What continue-as-new carries: all that is not in the store. */
export interface BatchCarried {
  /** The page that this run is for, from 0. */
  readonly page: number;
  readonly itemCount: number;
  /** Runs before this one. */
  readonly continuations: number;
  /** ISO 8601, UTC, by the workflow's clock: what the job's limit is counted from. */
  readonly startedAt: string;
  readonly pause: BatchPause | null;
  readonly mode: BatchMode;
}

/** Why a batch is paused: a person did it, its cap is reached, or the provider refuses the account. */
export interface BatchPause {
  readonly by: 'person' | 'budget' | 'provider';
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface LlmBatchResult {
  readonly outcome: BatchOutcome;
  readonly reason: Reason | null;
  readonly counts: BatchCounts;
  readonly costUsd: number;
  /** Runs before the last one: bounded by pages + 2. */
  readonly continuations: number;
}

export interface OpenBatchInput {
  readonly batchId: string;
  /** In force when the batch was not begun before. */
  readonly pause: BatchPause | null;
  /** ISO 8601, UTC, by the workflow's clock. */
  readonly now: string;
}

/** What the store knows: for a batch that was begun before (its workflow was lost), as it was left. */
export interface OpenBatchResult {
  readonly itemCount: number;
  readonly startedAt: string;
  readonly pause: BatchPause | null;
  readonly limits: BatchLimits;
  readonly mode: BatchMode;
  /** The stop that was under way when its workflow was lost. */
  readonly stop: BatchStop | null;
}

/** A change that the workflow has decided, written to the store, where partitions look before each submission. */
export interface ChangeBatchInput {
  readonly batchId: string;
  readonly state?: Exclude<BatchState, 'importing' | 'queued' | 'ended'>;
  readonly pause?: BatchPause | null;
  readonly limits?: BatchLimits;
  /** Items below this position belong to the batch; an append raises it. */
  readonly itemCount?: number;
  readonly continuations?: number;
  /** What happened, in a line, for the batch's events. */
  readonly event: { readonly type: string; readonly message: string };
}

export interface BatchPartitionInput {
  readonly batchId: string;
  readonly partition: number;
  readonly partitions: number;
  /** The partition takes items below this position. */
  readonly until: number;
  /** Whether no page follows: the partition then waits for its items instead of handing them to the next run. */
  readonly last: boolean;
  /** Runs of the workflow before this one; the first partition writes it down. */
  readonly continuations: number;
}

/**
 * How a partition ended. `drained`: nothing is left to take. `halted`: the batch runs no more by the store. `waiting`: nothing may be
 * submitted for a while (the platform's switch, the provider's rate limiter, the calls or the money of the hour). `yielded`: its
 * time is over, items are left. `pause`: nothing may be submitted until a person has looked.
 */
export type BatchPartitionResult =
  | { readonly outcome: 'drained' | 'halted' | 'yielded' }
  | { readonly outcome: 'waiting'; readonly seconds: number; readonly message: string }
  | { readonly outcome: 'pause'; readonly by: 'budget' | 'provider'; readonly message: string };

export interface StopBatchItemsInput {
  readonly batchId: string;
  readonly stop: BatchStop;
}

export interface StopBatchItemsResult {
  /** Items that are still open because the activity's time was over. */
  readonly left: number;
}

export interface CloseBatchInput {
  readonly batchId: string;
  readonly stop: BatchStop | null;
  readonly continuations: number;
}

export interface CloseBatchResult {
  readonly outcome: BatchOutcome;
  readonly reason: Reason | null;
  readonly counts: BatchCounts;
  readonly costUsd: number;
}

/** Activities on the queue `jobs`. */
export interface BatchRecordActivities {
  openBatch(input: OpenBatchInput): Promise<OpenBatchResult>;
  changeBatch(input: ChangeBatchInput): Promise<void>;
  closeBatch(input: CloseBatchInput): Promise<CloseBatchResult>;
}

/** The input of `runBatchLane`: that of `runBatchPartition` in the words of earlier versions. */
export interface BatchLaneInput extends Omit<BatchPartitionInput, 'partition' | 'partitions'> {
  readonly lane: number;
  readonly lanes: number;
}

/** Activities on the queue `llm` under the names that runs begun by earlier versions call them by. */
export interface FormerBatchActivities {
  runBatchLane(input: BatchLaneInput): Promise<BatchPartitionResult>;
}

/** Activities on the queue `llm`. */
export interface BatchPartitionActivities {
  runBatchPartition(input: BatchPartitionInput): Promise<BatchPartitionResult>;
  stopBatchItems(input: StopBatchItemsInput): Promise<StopBatchItemsResult>;
}

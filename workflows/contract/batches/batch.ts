/**
 * A batch: one prompt for thousands of items. Types that clients, the workflow, its activities and the store exchange: ids,
 * ranges and counts, never the items themselves, which stay in the store. Types and pure functions only, safe in the workflow
 * sandbox; the schemas are in `schema.ts`, the messages in `messages.ts`.
 */
import type { BatchLimits } from './limits.ts';
import type { BatchMode } from './mode.ts';
import type { Reason } from '../failures.ts';

/** The workflow's type. A batch's id is also its workflow's id. */
export const llmBatchType = 'llmBatch';

/**
 * `importing`: items are being stored, nothing runs. `queued`: sealed, and its workflow has not begun yet. `stopping`: its time
 * limit or a person ends it, and items under way are being cancelled at the provider.
 */
export const batchStates = ['importing', 'queued', 'running', 'paused', 'stopping', 'ended'] as const;
export type BatchState = (typeof batchStates)[number];

/** `failed`: every item failed, or the job's limit was reached. `completed_with_errors`: some items have no answer. */
export const batchOutcomes = ['completed', 'completed_with_errors', 'failed', 'cancelled'] as const;
export type BatchOutcome = (typeof batchOutcomes)[number];

/**
 * `intended`: about to be submitted; after a crash its call may have been made and paid. `submitted`: the response's id is
 * stored, and another attempt waits for that response. `uncertain`: ended without an outcome; the call may have been paid, and
 * a person decides whether to retry it.
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
 * What a running batch may wait for: the provider's rate limit, a provider that is down (`breaker`: the circuit breaker is
 * open), calls under way that hold the rest of the cap (`cap_busy`), the limits of money and calls an hour, the next attempt of
 * failed items (`retry`), or the provider's batch API.
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

/** The number of items of each status. */
export type BatchCounts = Readonly<Record<BatchItemStatus, number>>;

export function noBatchCounts(): Record<BatchItemStatus, number> {
  const none = { pending: 0, intended: 0, submitted: 0 };
  return { ...none, succeeded: 0, failed: 0, timed_out: 0, cancelled: 0, uncertain: 0 };
}

/** Why a batch was stopped before all its items had ended. */
export type BatchStop = 'cancelled' | 'job_time_limit' | 'budget';

/** A batch's outcome, from the counts of its items and the reason why it was stopped, if it was. */
export function batchOutcome(counts: BatchCounts, stop: BatchStop | null): BatchOutcome {
  if (stop === 'cancelled') return 'cancelled';
  if (stop === 'job_time_limit') return 'failed';
  const unanswered = counts.failed + counts.timed_out + counts.cancelled + counts.uncertain;
  if (unanswered === 0) return 'completed';
  return counts.succeeded === 0 ? 'failed' : 'completed_with_errors';
}

/** The reason that a stopped batch and its unanswered items get. */
export function stopReason(stop: BatchStop, jobSeconds: number): Reason {
  if (stop === 'cancelled') return { type: 'cancelled', message: 'the batch was cancelled' };
  if (stop === 'budget') return { type: 'budget', message: 'the cap of the batch is reached' };
  return {
    type: 'job_time_limit',
    message: `the batch did not end within ${Number((jobSeconds / 3600).toFixed(4))} hours`,
  };
}

/** The error of a timed-out item. People search for this text, so it must not change. */
export function itemLimitMessage(itemSeconds: number): string {
  return `exceeded ${Number((itemSeconds / 3600).toFixed(4))} hour timeout`;
}

/** The number of a batch's pages; 1 for a batch without items. */
export function batchPages(itemCount: number, pageSize: number): number {
  return Math.max(1, Math.ceil(itemCount / pageSize));
}

/** Most items that one partition keeps under way; a batch with more has several partitions, which may run on several workers. */
const itemsPerPartition = 25;

/** The number of partitions of a batch with this many items in parallel. */
export function partitionCount(parallel: number): number {
  return Math.ceil(parallel / itemsPerPartition);
}

/** How many items a partition keeps under way; the shares of all partitions add up to `parallel`. */
export function partitionShare(parallel: number, partition: number, partitions: number): number {
  return Math.floor(parallel / partitions) + (partition < parallel % partitions ? 1 : 0);
}

/** The workflow's input. Clients set all fields but `carried`, which a run sets when it continues as new. */
export interface LlmBatchInput {
  readonly batchId: string;
  readonly limits: BatchLimits;
  /** Starts paused: the cost is estimated, and nothing is submitted until the batch is resumed. */
  readonly startPaused: boolean;
  /** Ends the batch at its cap instead of pausing it: the batch belongs to a job, where nobody raises the cap. */
  readonly endsAtCap?: boolean;
  readonly carried?: BatchCarried;
}

/** State that a run passes to the next by continue-as-new. */
export interface BatchCarried {
  /** The next run's page, from 0. */
  readonly page: number;
  readonly itemCount: number;
  /** How many times the workflow has continued as new. */
  readonly continuations: number;
  /** The start of the batch's time limit: ISO 8601, UTC, by the workflow's clock. */
  readonly startedAt: string;
  readonly pause: BatchPause | null;
  readonly mode: BatchMode;
}

/** Why a batch is paused: a person paused it, its cap is reached, or the provider refuses the account. */
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
  /** How many times the workflow continued as new: at most the number of pages + 2. */
  readonly continuations: number;
}

export interface OpenBatchInput {
  readonly batchId: string;
  /** Applies only when the batch has not begun before. */
  readonly pause: BatchPause | null;
  /** ISO 8601, UTC, by the workflow's clock. */
  readonly now: string;
}

/** The batch's state in the store. When its workflow was lost and restarted, the state in which the lost one left it. */
export interface OpenBatchResult {
  readonly itemCount: number;
  readonly startedAt: string;
  readonly pause: BatchPause | null;
  readonly limits: BatchLimits;
  readonly mode: BatchMode;
  /** The stop that was in progress when the workflow was lost. */
  readonly stop: BatchStop | null;
}

/** A change that the workflow has decided; partitions read it from the store. */
export interface ChangeBatchInput {
  readonly batchId: string;
  readonly state?: Exclude<BatchState, 'importing' | 'queued' | 'ended'>;
  readonly pause?: BatchPause | null;
  readonly limits?: BatchLimits;
  /** Items below this position belong to the batch; an append raises it. */
  readonly itemCount?: number;
  readonly continuations?: number;
  /** The entry for the batch's list of events. */
  readonly event: { readonly type: string; readonly message: string };
}

export interface BatchPartitionInput {
  readonly batchId: string;
  readonly partition: number;
  readonly partitions: number;
  /** The partition takes items below this position. */
  readonly until: number;
  /** Whether this is the last page: the partition then waits for its items to end instead of leaving them to the next run. */
  readonly last: boolean;
  /** How many times the workflow has continued as new; partition 0 stores it. */
  readonly continuations: number;
}

/**
 * Why a partition ended. `drained`: no items are left to take. `halted`: the store says that the batch does not run any more.
 * `waiting`: submissions are refused for a while (the platform's switch, the provider's rate limiter, the limits of calls or
 * money an hour). `yielded`: its time is over and items are left. `pause`: a person must act before anything is submitted.
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
  /** Items, or provider batches, that are still open because the activity's time was over. */
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

/** The input of `runBatchLane`: that of `runBatchPartition` with the field names of earlier versions. */
export interface BatchLaneInput extends Omit<BatchPartitionInput, 'partition' | 'partitions'> {
  readonly lane: number;
  readonly lanes: number;
}

/** Activities on the queue `llm` by the names under which runs that an earlier version began call them. */
export interface FormerBatchActivities {
  runBatchLane(input: BatchLaneInput): Promise<BatchPartitionResult>;
}

/** Activities on the queue `llm`. */
export interface BatchPartitionActivities {
  runBatchPartition(input: BatchPartitionInput): Promise<BatchPartitionResult>;
  stopBatchItems(input: StopBatchItemsInput): Promise<StopBatchItemsResult>;
}

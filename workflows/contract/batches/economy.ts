/** Input and result of an economy batch's activity. Types only, safe in the workflow sandbox. */
import type { BatchPartitionInput, BatchPartitionResult } from './batch.ts';

/** The input of a partition; an economy batch has only one. */
export type BatchEconomyInput = Omit<BatchPartitionInput, 'partition' | 'partitions'>;

/** Activities on the queue `llm`. */
export interface BatchEconomyActivities {
  /**
   * Checks once the provider batches of a batch, processes those that have ended, and submits items that are due. Does not wait
   * for the provider: the result `waiting` says when to check again.
   */
  runBatchEconomy(input: BatchEconomyInput): Promise<BatchPartitionResult>;
}

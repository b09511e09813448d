/** What the workflow and the activity of an economy batch say to each other. Types alone, safe in the workflow sandbox. */
import type { BatchPartitionInput, BatchPartitionResult } from './batch.ts';

/** As for a partition, of which there is one. */
export type BatchEconomyInput = Omit<BatchPartitionInput, 'partition' | 'partitions'>;

/** Activities on the queue `llm`. */
export interface BatchEconomyActivities {
  /**
   * Looks once at what the provider's batch API has under way for a batch, settles what is done, and submits what may go.
   * Short: `waiting` says when to look again.
   */
  runBatchEconomy(input: BatchEconomyInput): Promise<BatchPartitionResult>;
}

/** State that the activities of an economy batch share, and how they end an item or schedule another attempt. */
import type { FencingToken } from '../../../store/batches/partitions/batch-fencing.ts';
import type { OpenItem } from '../../../store/batches/items/open-items.ts';
import { itemLimitMessage, type BatchItemEnd } from '../../../workflows/contract/batches/batch.ts';
import type { BatchLimits } from '../../../workflows/contract/batches/limits.ts';
import type { BatchDefinition } from '../../../workflows/contract/batches/schema.ts';
import type { Reason } from '../../../workflows/contract/failures.ts';
import type { JsonValue } from '../../../workflows/contract/json/json.ts';
import type { Usage } from '../../../workflows/contract/usage.ts';
import { createOutputReader, createReaderOrNone, type OutputReader } from '../../output-schema.ts';
import type { EconomyDependencies } from './economy-ports.ts';
import { itemBackoff } from '../partition/item-end.ts';

export interface EconomyContext {
  readonly dependencies: EconomyDependencies;
  readonly key: FencingToken;
  readonly definition: BatchDefinition;
  readonly limits: BatchLimits;
  readonly read: OutputReader;
  /** How items without an answer end when the batch is stopped; null while it runs. */
  readonly stopped: { readonly status: 'cancelled' | 'failed'; readonly reason: Reason } | null;
  readonly signal: AbortSignal;
}

/** Begins an attempt and fences off earlier ones. Throws `UnusableSchema`, unless the batch is being stopped. */
export async function beginEconomy(
  dependencies: EconomyDependencies,
  batchId: string,
  stopped: EconomyContext['stopped'],
  signal: AbortSignal,
): Promise<EconomyContext> {
  const { store } = dependencies;
  const definition = await store.batches.definition(batchId);
  const key = await store.providerBatches.begin(batchId);
  const createReader = stopped === null ? createOutputReader : createReaderOrNone;
  const read = await createReader(definition.outputSchema, { owner: batchId, signal });
  return { dependencies, key, definition, limits: definition.limits, read, stopped, signal };
}

/** The key that is sent to the provider with the file and the batch: both are found by it when their ids were lost. */
export function providerBatchKey({ key }: EconomyContext, number: number): string {
  return `lodestone-${key.batchId}-${number}`;
}

/** What a call has cost; `uncertain` when it may have been paid although no answer is known. */
export interface Paid {
  readonly usage: Usage | null;
  readonly uncertain: boolean;
}

export const unpaid: Paid = { usage: null, uncertain: false };

export async function endItem(
  { dependencies, key, definition: { model } }: EconomyContext,
  { position }: OpenItem,
  end: { readonly status: BatchItemEnd; readonly reason: Reason | null; readonly output?: JsonValue },
  { usage, uncertain }: Paid,
): Promise<void> {
  const { status, reason, output = null } = end;
  const now = dependencies.now();
  await dependencies.store.batchPartitions.end(key, { position, status, reason, output, model, usage, uncertain, now });
  const costUsd = usage?.costUsd ?? 0;
  dependencies.onItem({ batchId: key.batchId, position, kind: 'ended', status, reason, costUsd });
}

/** Sets the item back to pending. Ends it when it has no retries or no time left, or when the batch is being stopped. */
export async function retryItem(context: EconomyContext, item: OpenItem, reason: Reason, paid: Paid): Promise<void> {
  const { dependencies, key, limits, stopped } = context;
  if (stopped !== null) return endItem(context, item, stopped, paid);
  const from = limits.itemClock === 'creation' ? item.createdAt : (item.submittedAt ?? item.createdAt);
  if (dependencies.now() >= from + limits.itemSeconds * 1000) {
    const message = `${itemLimitMessage(limits.itemSeconds)}; ${reason.message}`;
    return endItem(context, item, { status: 'timed_out', reason: { type: 'time_limit', message } }, paid);
  }
  if (item.attempts > limits.retries) return endItem(context, item, { status: 'failed', reason }, paid);
  const { position, attempts } = item;
  const nextAttemptAt = dependencies.now() + itemBackoff(attempts, null, dependencies.random);
  dependencies.onItem({ batchId: key.batchId, position, kind: 'attempt_failed', attempt: attempts, reason });
  await dependencies.store.batchPartitions.retry(key, { position, reason, nextAttemptAt, counted: true, ...paid });
}

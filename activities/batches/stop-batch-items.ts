/** Ends the open items of a batch that is being stopped, and cancels at the provider those that are under way. */
import pLimit from 'p-limit';
import type { OpenItem } from '../../store/batches/items/open-items.ts';
import type { FencingToken } from '../../store/batches/partitions/batch-fencing.ts';
import {
  stopReason,
  type BatchItemEnd,
  type BatchPartitionActivities,
  type BatchStop,
} from '../../workflows/contract/batches/batch.ts';
import type { Reason } from '../../workflows/contract/failures.ts';
import type { JsonValue } from '../../workflows/contract/json/json.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { createReaderOrNone, type OutputReader } from '../output-schema.ts';
import type { ModelResponse } from '../ports.ts';
import type { EconomyDependencies } from './economy/economy-ports.ts';
import { stopEconomy } from './economy/economy-stop.ts';
import { judgeResponse } from './partition/item-end.ts';
import type { BatchDependencies } from './ports.ts';
import { itemObserver } from './partition/run-batch-partition.ts';

/** Cancellations that run in parallel. */
const itemsAtOnce = 20;

export function createStopBatchItems(
  dependencies: Omit<BatchDependencies, 'onItem'> & Omit<EconomyDependencies, 'onItem'>,
): BatchPartitionActivities['stopBatchItems'] {
  return ({ batchId, stop }) =>
    withHeartbeat({ batchId }, async (_beat, signal) => {
      const { mode } = await dependencies.store.batches.definition(batchId);
      const end = mode === 'economy' ? stopEconomy : stopItems;
      return end({ ...dependencies, onItem: itemObserver() }, batchId, stop, signal);
    });
}

interface Stopping {
  readonly dependencies: BatchDependencies;
  readonly key: FencingToken;
  readonly model: string;
  readonly read: OutputReader;
  readonly status: 'cancelled' | 'failed';
  readonly reason: Reason;
  readonly signal: AbortSignal;
}

/** Safe to repeat: after a crash the next attempt continues with the items that are still open. */
export async function stopItems(
  dependencies: BatchDependencies,
  batchId: string,
  stop: BatchStop,
  signal: AbortSignal,
): Promise<{ readonly left: number }> {
  const { store, now } = dependencies;
  const { model, outputSchema, limits } = await store.batches.definition(batchId);
  const reason = stopReason(stop, limits.jobSeconds);
  const status = stop === 'cancelled' ? 'cancelled' : 'failed';
  // Takes over all partitions: attempts of theirs that are still alive are fenced off.
  const { key, items } = await store.batchPartitions.begin({ batchId, partition: 0, partitions: 0 });
  await store.batchPartitions.endUnsubmitted(key, { status, reason, now: now() });
  const stopping: Stopping = {
    dependencies,
    key,
    model,
    read: await createReaderOrNone(outputSchema, { owner: batchId, signal }),
    status,
    reason,
    signal,
  };
  const underWay = items.filter((item) => item.status !== 'pending');
  const limit = pLimit(itemsAtOnce);
  const stopUnlessAborted = async (item: OpenItem): Promise<void> => {
    signal.throwIfAborted();
    await stopItem(stopping, item);
  };
  // After a failure nothing more begins: the next attempt takes what is left.
  await limit.map(underWay, stopUnlessAborted).finally(() => limit.clearQueue());
  return { left: 0 };
}

async function stopItem(stopping: Stopping, item: OpenItem): Promise<void> {
  if (item.responseId === null) {
    const message = 'stopped while it was being submitted: it may have been paid for';
    return endItem(stopping, item, 'uncertain', { type: 'effect_uncertain', message }, null);
  }
  const last = await cancelResponse(stopping, item.responseId);
  // An answer that was ready before the cancellation has been paid for, so it is kept.
  const verdict = last?.status === 'completed' ? await judgeResponse(last, stopping.read, stopping.signal) : null;
  const answer = verdict?.kind === 'succeeded' ? verdict.output : null;
  if (answer !== null) return endItem(stopping, item, 'succeeded', null, last, answer);
  return endItem(stopping, item, stopping.status, stopping.reason, last);
}

/** Cancels a response and returns its final state; null when the provider does not answer. */
async function cancelResponse(stopping: Stopping, responseId: string): Promise<ModelResponse | null> {
  const { model } = stopping.dependencies;
  await model.cancel(responseId).catch(() => undefined);
  return model.retrieve(responseId, stopping.model, stopping.signal).catch(() => null);
}

async function endItem(
  { dependencies, key, model }: Stopping,
  { position }: OpenItem,
  status: BatchItemEnd,
  reason: Reason | null,
  last: ModelResponse | null,
  output: JsonValue | null = null,
): Promise<void> {
  const usage = last?.usage ?? null;
  const uncertain = status === 'uncertain';
  const now = dependencies.now();
  await dependencies.store.batchPartitions.end(key, { position, status, reason, output, model, usage, uncertain, now });
  const costUsd = usage?.costUsd ?? 0;
  dependencies.onItem({ batchId: key.batchId, position, kind: 'ended', status, reason, costUsd });
}

/** Writes the outcome of an item's call to the store: the item's end, or its next attempt. */
import { ApplicationFailure } from '@temporalio/common';
import type { OpenItem } from '../../../store/batches/items/open-items.ts';
import type { CallReport } from '../../../store/batches/rate-limiters/rate-limiter.ts';
import { itemLimitMessage, type BatchItemEnd } from '../../../workflows/contract/batches/batch.ts';
import type { Reason } from '../../../workflows/contract/failures.ts';
import type { JsonValue } from '../../../workflows/contract/json/json.ts';
import type { Usage } from '../../../workflows/contract/usage.ts';
import { isPerhapsPaid } from '../../failure.ts';
import type { ModelResponse } from '../../ports.ts';
import { itemBackoff, judgeFailure, judgeResponse, type ItemVerdict } from './item-end.ts';
import type { ItemResult, PartitionContext } from './partition-context.ts';

const lostMessage =
  'the answer to the submission was lost, so that the call may have been paid for: it is not repeated unasked';

/** When the signal interrupts the evaluation, the item is left as it is: the next attempt fetches the answer again. */
export async function settleItem(
  context: PartitionContext,
  item: OpenItem,
  response: ModelResponse,
  signal?: AbortSignal,
): Promise<ItemResult> {
  let verdict: ItemVerdict;
  try {
    verdict = await judgeResponse(response, context.read, signal);
  } catch (error) {
    if (signal?.aborted === true) return { kind: 'left' };
    throw error;
  }
  const { usage } = response;
  switch (verdict.kind) {
    case 'succeeded':
      return endItem(context, item, 'succeeded', null, verdict.output, false, usage);
    case 'retry':
      return again(context, item, verdict, { counted: true, usage });
    case 'failed':
    case 'halt':
      return endItem(context, item, 'failed', verdict.reason, null, false, usage);
  }
}

/** Writes the outcome of a failed submission; returns `lost` and writes nothing when the call may have been paid. */
export async function failedSubmission(
  context: PartitionContext,
  item: OpenItem,
  error: unknown,
  probe: boolean,
): Promise<ItemResult | 'lost'> {
  const verdict = judgeFailure(error);
  await context.report(reportOf(verdict), probe);
  if (verdict.kind === 'succeeded') throw new Error('a failure is no success');
  if (error instanceof ApplicationFailure && isPerhapsPaid(error)) return 'lost';
  if (verdict.kind === 'halt') {
    const { reason } = verdict;
    const left = await later(context, item, { reason, afterMilliseconds: 0, counted: false, usage: null });
    return { kind: 'halt', item: left, reason };
  }
  if (verdict.kind === 'failed') return endItem(context, item, 'failed', verdict.reason, null, false);
  // A failed probe of a provider that is down does not count as an attempt of the item.
  return again(context, item, verdict, { counted: !probe, usage: null });
}

function reportOf(verdict: ItemVerdict): CallReport {
  if (verdict.kind !== 'retry') return { kind: 'answered' };
  const retryAfterMilliseconds = verdict.afterMilliseconds;
  const kind = verdict.reason.type === 'provider_rate_limit' ? 'rate_limited' : 'unavailable';
  return { kind, retryAfterMilliseconds };
}

/** Ends an item whose time limit passed while it waited to be submitted. */
export async function expireUnsubmitted(context: PartitionContext, item: OpenItem): Promise<ItemResult> {
  return endItem(context, item, 'timed_out', timedOut(context), null, false);
}

export function timedOut(context: PartitionContext): Reason {
  return { type: 'time_limit', message: itemLimitMessage(context.limits().itemSeconds) };
}

/** Ends or retries, as the batch's settings say, an item whose call may have been paid and was not found. */
export async function endLostItem(
  context: PartitionContext,
  item: OpenItem,
  cause: string | null,
): Promise<ItemResult> {
  const message = cause === null ? lostMessage : `${lostMessage} (${cause})`;
  const reason: Reason = { type: 'effect_uncertain', message };
  if (!context.limits().resubmitUncertain) return endItem(context, item, 'uncertain', reason, null, true);
  return again(
    context,
    item,
    { kind: 'retry', reason, afterMilliseconds: null },
    { counted: true, usage: null, uncertain: true },
  );
}

/** Schedules another attempt, or ends the item when it has no attempts left. */
async function again(
  context: PartitionContext,
  item: OpenItem,
  verdict: Extract<ItemVerdict, { kind: 'retry' }>,
  paid: { readonly counted: boolean; readonly usage: Usage | null; readonly uncertain?: boolean },
): Promise<ItemResult> {
  const { reason, afterMilliseconds } = verdict;
  const uncertain = paid.uncertain === true;
  if (paid.counted && item.attempts > context.limits().retries) {
    return endItem(context, item, 'failed', reason, null, uncertain, paid.usage);
  }
  return { kind: 'later', reason, item: await later(context, item, { reason, afterMilliseconds, ...paid }) };
}

async function later(
  { dependencies, key }: PartitionContext,
  item: OpenItem,
  change: {
    readonly reason: Reason;
    readonly afterMilliseconds: number | null;
    readonly counted: boolean;
    readonly usage: Usage | null;
    readonly uncertain?: boolean;
  },
): Promise<OpenItem> {
  const { reason, afterMilliseconds, counted, usage, uncertain = false } = change;
  const { position } = item;
  const nextAttemptAt = dependencies.now() + itemBackoff(item.attempts, afterMilliseconds, dependencies.random);
  dependencies.onItem({ batchId: key.batchId, position, kind: 'attempt_failed', attempt: item.attempts, reason });
  await dependencies.store.batchPartitions.retry(key, { position, reason, nextAttemptAt, counted, usage, uncertain });
  const attempts = counted ? item.attempts : item.attempts - 1;
  return { ...item, status: 'pending', responseId: null, attempts, nextAttemptAt };
}

export async function endItem(
  { dependencies, key, definition: { model } }: PartitionContext,
  { position }: OpenItem,
  status: BatchItemEnd,
  reason: Reason | null,
  output: JsonValue | null,
  uncertain: boolean,
  usage: Usage | null = null,
): Promise<ItemResult> {
  const now = dependencies.now();
  await dependencies.store.batchPartitions.end(key, { position, status, reason, output, model, usage, uncertain, now });
  dependencies.onItem({ batchId: key.batchId, position, kind: 'ended', status, reason, costUsd: usage?.costUsd ?? 0 });
  return { kind: 'ended' };
}

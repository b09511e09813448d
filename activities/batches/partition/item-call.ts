/**
 * Calls the model for one item of a partition and waits for the answer. The provider's id is stored before anything else is
 * done with the response: an item that has an id after a crash is waited for and not paid for again.
 */
import type { OpenItem } from '../../../store/batches/items/open-items.ts';
import { Superseded } from '../../../store/jobs/ledger.ts';
import type { BegunResponse, ModelResponse } from '../../ports.ts';
import { itemBackoff, judgeFailure, type ItemVerdict } from './item-end.ts';
import { itemCallKey, itemRequest } from './item-request.ts';
import { endItem, failedSubmission, endLostItem, settleItem, timedOut } from './item-settle.ts';
import { expiry, type ItemResult, type PartitionContext } from './partition-context.ts';

/** How often a response is polled although the provider sends an event at its end. */
const eventPollMilliseconds = 30_000;
/** How long the id of an unacknowledged call is waited for when the provider sends no events, and how often it is checked. */
const lostMilliseconds = 30_000;
const lostStepMilliseconds = 1_000;

/** Submits an item that was admitted, and waits for its answer. `item.attempts` includes this attempt. */
export async function submitItem(context: PartitionContext, item: OpenItem, probe: boolean): Promise<ItemResult> {
  const { dependencies, key, definition } = context;
  const { request } = itemRequest(definition, item.item, context.limits().callSeconds);
  let response: BegunResponse;
  try {
    response = await dependencies.model.create({ ...request, callKey: itemCallKey(key.batchId, item) });
  } catch (error) {
    const failed = await failedSubmission(context, item, error, probe);
    if (failed !== 'lost') return failed;
    // The call may have been made, and no process knows its id: only the provider's event can name it.
    return recoverItem(context, item, 0, messageOf(error));
  }
  if (response.isKept === false) {
    await context.report({ kind: 'answered' }, probe);
    return settleItem(context, item, response);
  }
  const { id } = response;
  try {
    await dependencies.store.batchPartitions.submitted(key, item.position, id);
  } catch (error) {
    // Another attempt owns the item and treats this call as lost: the reconciliation finds the response by this id.
    if (error instanceof Superseded)
      await dependencies.store.batchPartitions.recordOrphanedResponse(key.batchId, item.position, id);
    throw error;
  }
  try {
    await context.report({ kind: 'answered' }, probe);
    // The provider may not store an answer that it returned directly, so its evaluation is not interrupted.
    if (response.status !== 'pending') return await settleItem(context, item, response);
    return await awaitItem(context, item, id, response.stream === undefined ? {} : { endEvent: response.stream.ended });
  } finally {
    response.stream?.close();
  }
}

/** How an answer may become known other than by polling. */
export interface AnswerSource {
  /** An earlier attempt began the response, so it may be ready: it is polled at once. */
  readonly found?: boolean;
  /** Resolves when the provider reports the end; null when the connection broke before. */
  readonly endEvent?: Promise<ModelResponse | null>;
}

/** Waits for a response that was begun, and writes the item's end or next attempt. */
export async function awaitItem(
  context: PartitionContext,
  item: OpenItem,
  responseId: string,
  source: AnswerSource,
): Promise<ItemResult> {
  const { dependencies, pace, handOver } = context;
  const begunAt = dependencies.now();
  let backoff = 0;
  let endEvent = source.endEvent ?? context.ends.until(responseId);
  for (let looks = 1; ; looks += 1) {
    const elapsed = dependencies.now() - begunAt;
    const look = endEvent === undefined ? pace.wait(elapsed) : eventPollMilliseconds;
    const wait = source.found === true && looks === 1 ? 0 : Math.max(backoff, look);
    const left = expiry(context, item) - dependencies.now();
    const awaited = await sleepOrLeave(context, left > 0 ? Math.min(wait, left) : wait, endEvent);
    if (awaited === 'leave') return { kind: 'left' };
    if (awaited !== 'slept' && awaited !== null && awaited.status !== 'pending')
      return settleItem(context, item, awaited, handOver);
    // The provider reports an end only once: if the answer cannot be fetched now, it is polled with growing pauses.
    if (awaited === null) endEvent = endEvent === source.endEvent ? context.ends.until(responseId) : undefined;
    // Only a poll that began after the time limit expires the item: an answer that is ready by then counts.
    const isLate = dependencies.now() >= expiry(context, item);
    try {
      const response = await lookFor(context, responseId);
      if (response.status !== 'pending') {
        if (source.found !== true) pace.found(dependencies.now() - begunAt, looks === 1);
        return await settleItem(context, item, response, handOver);
      }
      if (isLate) return await expire(context, item, responseId);
      backoff = 0;
    } catch (error) {
      if (handOver.aborted) return { kind: 'left' };
      const verdict = judgeFailure(error);
      if (verdict.kind === 'halt') return { kind: 'halt', item, reason: verdict.reason };
      // The provider does not know the id, so it stays uncertain whether the call was paid.
      if (verdict.kind === 'failed') return endItem(context, item, 'failed', verdict.reason, null, true);
      backoff = itemBackoff(Math.min(looks, 6), afterOf(verdict), dependencies.random);
    }
  }
}

/**
 * Recovers an item whose call may have been made although no id was stored. An earlier attempt that is only slow still stores
 * the id; a provider that sends events names the call. The function waits for both; after that the call counts as lost.
 */
export async function recoverItem(
  context: PartitionContext,
  item: OpenItem,
  patienceMilliseconds = lostMilliseconds,
  cause: string | null = null,
): Promise<ItemResult> {
  const { dependencies, key, handOver, limits } = context;
  const { eventLookup, model, now, store } = dependencies;
  if (model.keepsResponses?.(context.definition.model) === false) return endLostItem(context, item, cause);
  const soon = now() + patienceMilliseconds;
  for (;;) {
    const isHeard = await eventLookup.isHeard();
    // Counted from the submission, so that the wait is not extended by each attempt of the partition.
    const until = isHeard ? Math.max(soon, (item.intendedAt ?? now()) + limits().lostSeconds * 1000) : soon;
    const responseId =
      (await store.batchPartitions.responseOf(key.batchId, item.position)) ??
      (isHeard ? await eventLookup.responseTo(itemCallKey(key.batchId, item), handOver) : null);
    if (responseId !== null) {
      await store.batchPartitions.submitted(key, item.position, responseId);
      return awaitItem(context, item, responseId, { found: true });
    }
    if (now() >= Math.min(until, expiry(context, item))) return endLostItem(context, item, cause);
    if ((await sleepOrLeave(context, lostStepMilliseconds, undefined)) === 'leave') return { kind: 'left' };
  }
}

async function expire(context: PartitionContext, item: OpenItem, responseId: string): Promise<ItemResult> {
  const { model } = context.dependencies;
  // The item ends also when the cancellation at the provider fails.
  const cancelled = await model.cancel(responseId).then(
    () => lookFor(context, responseId).catch(() => null),
    () => null,
  );
  if (cancelled?.status === 'completed') return settleItem(context, item, cancelled, context.handOver);
  return endItem(context, item, 'timed_out', timedOut(context), null, false, cancelled?.usage ?? null);
}

function lookFor({ dependencies, definition, handOver, limits }: PartitionContext, id: string): Promise<ModelResponse> {
  return dependencies.model.retrieve(id, definition.model, handOver, limits().callSeconds * 1000);
}

/** Sleeps until the next poll is due, the provider reports the end, or the partition hands over. */
async function sleepOrLeave(
  { dependencies, handOver }: PartitionContext,
  milliseconds: number,
  endEvent: Promise<ModelResponse | null> | undefined,
): Promise<'slept' | 'leave' | ModelResponse | null> {
  if (handOver.aborted) return 'leave';
  const over = new AbortController();
  // Not `AbortSignal.any`: its registrations with the partition's signal would stay in memory until a full garbage collection.
  const leave = (): void => over.abort();
  handOver.addEventListener('abort', leave, { once: true });
  const slept = dependencies.sleep(milliseconds, over.signal).then(
    () => 'slept' as const,
    (error: unknown) => {
      if (over.signal.aborted) return 'leave' as const;
      throw error;
    },
  );
  try {
    return await (endEvent === undefined ? slept : Promise.race([slept, endEvent]));
  } finally {
    handOver.removeEventListener('abort', leave);
    over.abort();
  }
}

function afterOf(verdict: ItemVerdict): number | null {
  return verdict.kind === 'retry' ? verdict.afterMilliseconds : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

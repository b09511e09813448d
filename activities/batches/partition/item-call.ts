/**
 * One item of a partition, from its submission to its end or to its next attempt. The provider's id is in the store before
 * anything else is done with it; an item found with an id is waited for, not paid for again.
 */
import type { OpenItem } from '../../../store/batches/open-items.ts';
import { Superseded } from '../../../store/jobs/ledger.ts';
import type { BegunResponse, ModelResponse } from '../../ports.ts';
import { itemBackoff, judgeFailure, type ItemVerdict } from './item-end.ts';
import { itemCallKey, itemRequest } from './item-request.ts';
import { endItem, failedSubmission, loseItem, settleItem, timedOut } from './item-settle.ts';
import { expiry, type ItemResult, type PartitionContext } from './partition-context.ts';

/** How often an answer is looked for that the provider will tell of by itself. */
const eventPollMilliseconds = 30_000;
/** How long the id of a call that was cut off is waited for where the provider tells nothing; how often it is looked for. */
const lostMilliseconds = 30_000;
const lostStepMilliseconds = 1_000;

/** Submits an item that was admitted, and waits for its answer. `item` counts the attempt already. */
export async function submitItem(context: PartitionContext, item: OpenItem, probe: boolean): Promise<ItemResult> {
  const { dependencies, key, definition } = context;
  const { request } = itemRequest(definition, item.item, context.limits().callSeconds);
  let response: BegunResponse;
  try {
    response = await dependencies.model.create({ ...request, callKey: itemCallKey(key.batchId, item) });
  } catch (error) {
    const failed = await failedSubmission(context, item, error, probe);
    if (failed !== 'lost') return failed;
    // Nobody else knows its id: only the provider's word can bring it to light.
    return recoverItem(context, item, 0, messageOf(error));
  }
  const { id } = response;
  try {
    await dependencies.store.batchPartitions.submitted(key, item.position, id);
  } catch (error) {
    // Another attempt has the item, and takes this call for lost: the reconciliation finds it by this note.
    if (error instanceof Superseded) await dependencies.store.batchPartitions.orphaned(key.batchId, item.position, id);
    throw error;
  }
  try {
    await context.report({ kind: 'answered' }, probe);
    // An answer that came with the call may not be kept by the provider: it is judged to the end.
    if (response.status !== 'pending') return await settleItem(context, item, response);
    return await awaitItem(context, item, id, response.stream === undefined ? {} : { endEvent: response.stream.ended });
  } finally {
    response.stream?.close();
  }
}

/** How else than by looking an answer may be known. */
export interface AnswerSource {
  /** It was begun by an earlier attempt, and may be there: it is looked for at once. */
  readonly found?: boolean;
  /** The provider tells the end by itself; null when the connection broke off before. */
  readonly endEvent?: Promise<ModelResponse | null>;
}

/** Waits for a response that was begun. */
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
    // An end that was told once is not told again: should it not be had now, it is asked for, with pauses that grow.
    if (awaited === null) endEvent = endEvent === source.endEvent ? context.ends.until(responseId) : undefined;
    // The limit is judged by the look that began after it: an answer that is there by then counts.
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
      // The provider does not know the id: whether the call was paid for can't be told any more.
      if (verdict.kind === 'failed') return endItem(context, item, 'failed', verdict.reason, null, true);
      backoff = itemBackoff(Math.min(looks, 6), afterOf(verdict), dependencies.random);
    }
  }
}

/**
 * An item that was left between its intent and its id. Where the attempt before was not killed but slow, it still writes
 * the id down; where the provider tells of ends, it names the call: both are waited for. After that the call counts as lost.
 */
export async function recoverItem(
  context: PartitionContext,
  item: OpenItem,
  patienceMilliseconds = lostMilliseconds,
  cause: string | null = null,
): Promise<ItemResult> {
  const { dependencies, key, handOver, limits } = context;
  const { eventLookup, now, store } = dependencies;
  const soon = now() + patienceMilliseconds;
  for (;;) {
    const isHeard = await eventLookup.isHeard();
    // Counted from the submission: however many partitions wait for it one after another, they wait no longer.
    const until = isHeard ? Math.max(soon, (item.intendedAt ?? now()) + limits().lostSeconds * 1000) : soon;
    const responseId =
      (await store.batchPartitions.responseOf(key.batchId, item.position)) ??
      (isHeard ? await eventLookup.responseTo(itemCallKey(key.batchId, item), handOver) : null);
    if (responseId !== null) {
      await store.batchPartitions.submitted(key, item.position, responseId);
      return awaitItem(context, item, responseId, { found: true });
    }
    if (now() >= Math.min(until, expiry(context, item))) return loseItem(context, item, cause);
    if ((await sleepOrLeave(context, lostStepMilliseconds, undefined)) === 'leave') return { kind: 'left' };
  }
}

async function expire(context: PartitionContext, item: OpenItem, responseId: string): Promise<ItemResult> {
  const { model } = context.dependencies;
  // A provider that cannot be told to stop does not keep the item open.
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

/** Sleeps until it is time to look, the answer is told, or the partition hands over. */
async function sleepOrLeave(
  { dependencies, handOver }: PartitionContext,
  milliseconds: number,
  endEvent: Promise<ModelResponse | null> | undefined,
): Promise<'slept' | 'leave' | ModelResponse | null> {
  if (handOver.aborted) return 'leave';
  const over = new AbortController();
  // Not `AbortSignal.any`: what that registers with the partition's signal for each wait stays until a whole heap is collected.
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

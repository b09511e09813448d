/**
 * One item of a lane, from its submission to its end or to its next attempt. The provider's id is in the store before
 * anything else is done with it; an item found with an id is waited for, not paid for again.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { LaneKey } from '../../store/batch-spend.ts';
import type { LaneItem } from '../../store/batch-lanes.ts';
import { Superseded } from '../../store/ledger.ts';
import type { CallReport } from '../../store/provider-gate.ts';
import { itemLimitMessage, type BatchItemEnd } from '../../workflows/contract/batch.ts';
import type { BatchLimits } from '../../workflows/contract/batch-limits.ts';
import type { BatchDefinition } from '../../workflows/contract/batch-schema.ts';
import type { Reason } from '../../workflows/contract/failures.ts';
import type { JsonValue } from '../../workflows/contract/json.ts';
import type { Usage } from '../../workflows/contract/usage.ts';
import { isPerhapsPaid } from '../failure.ts';
import type { OutputReading } from '../output-schema.ts';
import type { BegunResponse, ModelResponse } from '../ports.ts';
import { itemBackoff, judgeFailure, judgeResponse, type ItemVerdict } from './item-end.ts';
import { itemRequest } from './item-request.ts';
import type { PollPace } from './poll-pace.ts';
import type { BatchDependencies } from './ports.ts';

/** What the items of a lane have in common. */
export interface LaneContext {
  readonly dependencies: BatchDependencies;
  readonly key: LaneKey;
  readonly definition: BatchDefinition;
  /** As they are at the moment. */
  readonly limits: () => BatchLimits;
  readonly read: (text: string) => OutputReading;
  readonly pace: PollPace;
  /** Aborted when the lane hands over: what is under way stays at the provider. */
  readonly handOver: AbortSignal;
  readonly report: (report: CallReport, probe: boolean) => Promise<void>;
}

/** How a lane goes on with an item: not at all, later, or by halting the batch. */
export type ItemResult =
  | { readonly kind: 'ended' | 'left' }
  | { readonly kind: 'later'; readonly item: LaneItem }
  | { readonly kind: 'halt'; readonly item: LaneItem; readonly reason: Reason };

/** How often an answer is looked for that the provider will tell of by itself. */
const toldMilliseconds = 30_000;
/** How long the id of a call that seems lost is waited for, and how often it is looked for. */
const lostMilliseconds = 30_000;
const lostStepMilliseconds = 1_000;
const lostMessage =
  'the answer to the submission was lost, so that the call may have been paid for: it is not repeated unasked';

/** Submits an item that was admitted, and waits for its answer. `item` counts the attempt already. */
export async function submitItem(context: LaneContext, item: LaneItem, probe: boolean): Promise<ItemResult> {
  const { dependencies, key, definition } = context;
  const { request } = itemRequest(definition, item.item, context.limits().callSeconds);
  let response: BegunResponse;
  try {
    response = await dependencies.model.create(request);
  } catch (error) {
    return failedSubmission(context, item, error, probe);
  }
  const { id } = response;
  try {
    await dependencies.store.batchLanes.submitted(key, item.position, id);
  } catch (error) {
    // Another attempt has the item, and takes this call for lost: the reconciliation finds it by this note.
    if (error instanceof Superseded) await dependencies.store.batchLanes.orphaned(key.batchId, item.position, id);
    throw error;
  }
  try {
    await context.report({ kind: 'answered' }, probe);
    if (response.status !== 'pending') return await settleItem(context, item, response);
    return await awaitItem(context, item, id, response.news === undefined ? {} : { told: response.news.ended });
  } finally {
    response.news?.close();
  }
}

/** How else than by looking an answer may be known. */
export interface AnswerSource {
  /** It was begun by an earlier attempt, and may be there: it is looked for at once. */
  readonly found?: boolean;
  /** The provider tells the end by itself; null when the connection broke off before. */
  readonly told?: Promise<ModelResponse | null>;
}

/** Waits for a response that was begun. */
export async function awaitItem(
  context: LaneContext,
  item: LaneItem,
  responseId: string,
  source: AnswerSource,
): Promise<ItemResult> {
  const { dependencies, pace, handOver, definition } = context;
  const begunAt = dependencies.now();
  let backoff = 0;
  let { told } = source;
  for (let looks = 1; ; looks += 1) {
    const elapsed = dependencies.now() - begunAt;
    const look = told === undefined ? pace.wait(elapsed) : toldMilliseconds;
    const wait = source.found === true && looks === 1 ? 0 : Math.max(backoff, look);
    const left = expiry(context, item) - dependencies.now();
    const news = await sleepOrLeave(context, left > 0 ? Math.min(wait, left) : wait, told);
    if (news === 'leave') return { kind: 'left' };
    if (news !== 'slept' && news !== null && news.status !== 'pending') return settleItem(context, item, news);
    if (news === null) told = undefined;
    // The limit is judged by the look that began after it: an answer that is there by then counts.
    const isLate = dependencies.now() >= expiry(context, item);
    try {
      const response = await dependencies.model.retrieve(responseId, definition.model, handOver);
      if (response.status !== 'pending') {
        if (source.found !== true) pace.found(dependencies.now() - begunAt, looks === 1);
        return await settleItem(context, item, response);
      }
      if (isLate) return await expire(context, item, responseId);
      backoff = 0;
    } catch (error) {
      if (handOver.aborted) return { kind: 'left' };
      const verdict = judgeFailure(error);
      if (verdict.kind === 'halt') return { kind: 'halt', item, reason: verdict.reason };
      // The provider does not know the id: whether the call was paid for can't be told any more.
      if (verdict.kind === 'failed') return end(context, item, 'failed', verdict.reason, null, true);
      backoff = itemBackoff(Math.min(looks, 6), afterOf(verdict), dependencies.random);
    }
  }
}

/**
 * An item that was left between its intent and its id. Where the attempt before was not killed but slow, it still writes
 * the id down: that is waited for. After that the call counts as lost.
 */
export async function recoverItem(context: LaneContext, item: LaneItem): Promise<ItemResult> {
  const { dependencies, key } = context;
  const until = dependencies.now() + lostMilliseconds;
  while (dependencies.now() < until) {
    const responseId = await dependencies.store.batchLanes.responseOf(key.batchId, item.position);
    if (responseId !== null) {
      await dependencies.store.batchLanes.submitted(key, item.position, responseId);
      return awaitItem(context, item, responseId, { found: true });
    }
    if ((await sleepOrLeave(context, lostStepMilliseconds, undefined)) === 'leave') return { kind: 'left' };
  }
  return lost(context, item, { type: 'effect_uncertain', message: lostMessage });
}

/** When the item's time is over; never, for one that counts from a submission that has not been. */
export function expiry({ limits }: LaneContext, item: LaneItem): number {
  const { itemClock, itemSeconds } = limits();
  const from = itemClock === 'creation' ? item.createdAt : item.submittedAt;
  return from === null ? Number.POSITIVE_INFINITY : from + itemSeconds * 1000;
}

/** Ends an item whose time was over before it could be submitted (again). */
export async function expireUnsubmitted(context: LaneContext, item: LaneItem): Promise<ItemResult> {
  return end(context, item, 'timed_out', timedOut(context), null, false);
}

async function expire(context: LaneContext, item: LaneItem, responseId: string): Promise<ItemResult> {
  const { model } = context.dependencies;
  // A provider that cannot be told to stop does not keep the item open.
  const cancelled = await model.cancel(responseId).then(
    () => model.retrieve(responseId, context.definition.model, context.handOver).catch(() => null),
    () => null,
  );
  if (cancelled?.status === 'completed') return settleItem(context, item, cancelled);
  return end(context, item, 'timed_out', timedOut(context), null, false, cancelled?.usage ?? null);
}

function timedOut(context: LaneContext): Reason {
  return { type: 'time_limit', message: itemLimitMessage(context.limits().itemSeconds) };
}

async function failedSubmission(
  context: LaneContext,
  item: LaneItem,
  error: unknown,
  probe: boolean,
): Promise<ItemResult> {
  const verdict = judgeFailure(error);
  await context.report(reportOf(verdict), probe);
  if (verdict.kind === 'succeeded') throw new Error('a failure is no success');
  if (error instanceof ApplicationFailure && isPerhapsPaid(error)) {
    return lost(context, item, { type: 'effect_uncertain', message: `${lostMessage} (${error.message})` });
  }
  if (verdict.kind === 'halt') {
    const { reason } = verdict;
    const left = await later(context, item, { reason, afterMilliseconds: 0, counted: false, usage: null });
    return { kind: 'halt', item: left, reason };
  }
  if (verdict.kind === 'failed') return end(context, item, 'failed', verdict.reason, null, false);
  // A probe of a provider that is known to be down says nothing about the item.
  return again(context, item, verdict, { counted: !probe, usage: null });
}

function reportOf(verdict: ItemVerdict): CallReport {
  if (verdict.kind !== 'retry') return { kind: 'answered' };
  const retryAfterMilliseconds = verdict.afterMilliseconds;
  const kind = verdict.reason.type === 'provider_rate_limit' ? 'rate_limited' : 'unavailable';
  return { kind, retryAfterMilliseconds };
}

async function settleItem(context: LaneContext, item: LaneItem, response: ModelResponse): Promise<ItemResult> {
  const verdict = judgeResponse(response, context.read);
  const { usage } = response;
  switch (verdict.kind) {
    case 'succeeded':
      return end(context, item, 'succeeded', null, verdict.output, false, usage);
    case 'retry':
      return again(context, item, verdict, { counted: true, usage });
    case 'failed':
    case 'halt':
      return end(context, item, 'failed', verdict.reason, null, false, usage);
  }
}

async function lost(context: LaneContext, item: LaneItem, reason: Reason): Promise<ItemResult> {
  if (!context.limits().resubmitUncertain) return end(context, item, 'uncertain', reason, null, true);
  return again(
    context,
    item,
    { kind: 'retry', reason, afterMilliseconds: null },
    { counted: true, usage: null, uncertain: true },
  );
}

/** Another attempt, if the item has one left. */
async function again(
  context: LaneContext,
  item: LaneItem,
  verdict: Extract<ItemVerdict, { kind: 'retry' }>,
  paid: { readonly counted: boolean; readonly usage: Usage | null; readonly uncertain?: boolean },
): Promise<ItemResult> {
  const { reason, afterMilliseconds } = verdict;
  const uncertain = paid.uncertain === true;
  if (paid.counted && item.attempts > context.limits().retries) {
    return end(context, item, 'failed', reason, null, uncertain, paid.usage);
  }
  return { kind: 'later', item: await later(context, item, { reason, afterMilliseconds, ...paid }) };
}

async function later(
  { dependencies, key }: LaneContext,
  item: LaneItem,
  change: {
    readonly reason: Reason;
    readonly afterMilliseconds: number | null;
    readonly counted: boolean;
    readonly usage: Usage | null;
    readonly uncertain?: boolean;
  },
): Promise<LaneItem> {
  const { reason, afterMilliseconds, counted, usage, uncertain = false } = change;
  const { position } = item;
  const nextAttemptAt = dependencies.now() + itemBackoff(item.attempts, afterMilliseconds, dependencies.random);
  dependencies.onItem({ batchId: key.batchId, position, kind: 'attempt_failed', attempt: item.attempts, reason });
  await dependencies.store.batchLanes.retry(key, { position, reason, nextAttemptAt, counted, usage, uncertain });
  const attempts = counted ? item.attempts : item.attempts - 1;
  return { ...item, status: 'pending', responseId: null, attempts, nextAttemptAt };
}

async function end(
  { dependencies, key }: LaneContext,
  { position }: LaneItem,
  status: BatchItemEnd,
  reason: Reason | null,
  output: JsonValue | null,
  uncertain: boolean,
  usage: Usage | null = null,
): Promise<ItemResult> {
  const now = dependencies.now();
  await dependencies.store.batchLanes.end(key, { position, status, reason, output, usage, uncertain, now });
  dependencies.onItem({ batchId: key.batchId, position, kind: 'ended', status, reason, costUsd: usage?.costUsd ?? 0 });
  return { kind: 'ended' };
}

/** Sleeps until it is time to look, the answer is told, or the lane hands over. */
async function sleepOrLeave(
  { dependencies, handOver }: LaneContext,
  milliseconds: number,
  told: Promise<ModelResponse | null> | undefined,
): Promise<'slept' | 'leave' | ModelResponse | null> {
  if (handOver.aborted) return 'leave';
  const over = new AbortController();
  const either = AbortSignal.any([handOver, over.signal]);
  const slept = dependencies.sleep(milliseconds, either).then(
    () => 'slept' as const,
    (error: unknown) => {
      if (either.aborted) return 'leave' as const;
      throw error;
    },
  );
  try {
    return await (told === undefined ? slept : Promise.race([slept, told]));
  } finally {
    over.abort();
  }
}

function afterOf(verdict: ItemVerdict): number | null {
  return verdict.kind === 'retry' ? verdict.afterMilliseconds : null;
}

/**
 * One check of an economy batch: processes the provider batches that have ended, continues submissions that an earlier attempt
 * began, and submits items that are due. It never waits for the provider: the workflow runs the next check after a timer.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { ProviderBatch } from '../../../store/batches/provider-batches.ts';
import type { BatchEconomyInput } from '../../../workflows/contract/batches/economy.ts';
import type { BatchPartitionResult, BatchWaitKind } from '../../../workflows/contract/batches/batch.ts';
import { waitKindOf } from '../../../store/batches/partitions/batch-waits.ts';
import { beginEconomy, type EconomyContext } from './economy-context.ts';
import type { EconomyDependencies } from './economy-ports.ts';
import { abandonProviderBatch, settleProviderBatch } from './economy-results.ts';
import { reserveItems, sendProviderBatch, type Refusal } from './economy-submit.ts';
import { judgeFailure, pauseForSchema } from '../partition/item-end.ts';

const minute = 60_000;
/** The time to the next check is a tenth of the time since submission, within these bounds. */
const shortestMilliseconds = 10_000;
const longestMilliseconds = 15 * minute;
/** The provider's completion window of 24 hours, and one hour for it to report the end. */
const windowMilliseconds = 25 * 60 * minute;
/** How long a cancelled provider batch may take to end; the provider documents 10 minutes. */
const cancelMilliseconds = 30 * minute;

export async function runEconomy(
  dependencies: EconomyDependencies,
  input: BatchEconomyInput,
  signal: AbortSignal,
): Promise<BatchPartitionResult> {
  const { batchId, continuations } = input;
  await dependencies.store.batches.change(batchId, { continuations });
  const context = await beginEconomy(dependencies, batchId, null, signal).catch(pauseForSchema);
  if ('outcome' in context) return context;
  const problem = dependencies.batchProblemOf(context.definition.model);
  if (problem !== null) return { outcome: 'pause', by: 'provider', message: problem };
  await dependencies.store.batchWaits.begin({ batchId, partition: 0, partitions: 1 });
  const { result, waitsFor } = await look(context, input).catch(resultOfFailure);
  if (result.outcome === 'waiting' && waitsFor !== null) {
    const until = dependencies.now() + result.seconds * 1000;
    await dependencies.store.batchWaits.record(batchId, 0, { kind: waitsFor, message: result.message, until });
  }
  return result;
}

/** The result of a check, and what the batch waits for; null when it does not wait. */
interface CheckResult {
  readonly result: BatchPartitionResult;
  readonly waitsFor: BatchWaitKind | null;
}

async function look(context: EconomyContext, input: BatchEconomyInput): Promise<CheckResult> {
  const progress = await checkProviderBatches(context);
  const refusal = await submitAll(context, input.until);
  return nextCheck(context, input, refusal, progress);
}

/** Returns the progress of all provider batches as text; empty when none is under way. */
async function checkProviderBatches(context: EconomyContext): Promise<string> {
  const { providerBatches } = context.dependencies.store;
  let answered = 0;
  let total = 0;
  for (const providerBatch of await providerBatches.open(context.key)) {
    context.signal.throwIfAborted();
    const seen =
      providerBatch.providerId === null
        ? null
        : await checkProviderBatch(context, providerBatch, providerBatch.providerId);
    answered += seen?.answered ?? 0;
    total += seen?.total ?? 0;
  }
  return total === 0 ? '' : `: ${answered} of ${total} items answered`;
}

/** Processes a provider batch that has ended, and cancels one that exceeds its completion window. */
export async function checkProviderBatch(
  context: EconomyContext,
  providerBatch: ProviderBatch,
  providerId: string,
): Promise<{ readonly answered: number; readonly total: number } | null> {
  const { dependencies, key, signal, stopped } = context;
  const { batchApi, store } = dependencies;
  const batch = await batchApi.retrieve(providerId, signal);
  if (batch.status !== 'running' && batch.status !== 'ending') {
    await settleProviderBatch(context, providerBatch, batch);
    return null;
  }
  const now = dependencies.now();
  const { cancelledAt, createdAt, number } = providerBatch;
  if (cancelledAt !== null && now >= cancelledAt + cancelMilliseconds) {
    await abandonProviderBatch(context, providerBatch, providerId);
    return null;
  }
  if (cancelledAt === null && stopped === null && now < createdAt + windowMilliseconds) return batch;
  if (cancelledAt === null) await store.providerBatches.change(key, number, { cancelledAt: now });
  // Repeated on every check: an earlier attempt may have died between storing `cancelledAt` and the cancellation.
  if (batch.status === 'running') await batchApi.cancel(providerId);
  return batch;
}

/** Continues begun submissions, then submits the items that are due. Returns why some may not be submitted; null if all may. */
async function submitAll(context: EconomyContext, until: number): Promise<Refusal | null> {
  const { dependencies, key } = context;
  const { providerBatches } = dependencies.store;
  for (const providerBatch of await providerBatches.open(key)) {
    if (providerBatch.state === 'intended') await sendProviderBatch(context, providerBatch);
  }
  for (;;) {
    const { refusal } = await reserveItems(context, until);
    // Includes items that an earlier attempt had reserved without submitting them.
    const [first] = await providerBatches.items(key, null, { after: -1, count: 1 });
    if (first === undefined) return refusal;
    await sendProviderBatch(context, await providerBatches.add(key, dependencies.now()));
    if (refusal !== null) return refusal;
  }
}

async function nextCheck(
  { dependencies, key }: EconomyContext,
  { until, last }: BatchEconomyInput,
  refusal: Refusal | null,
  progress: string,
): Promise<CheckResult> {
  if (refusal?.by === 'halted') return ended({ outcome: 'halted' });
  const { underWay, pending, nextAttemptAt } = await dependencies.store.providerBatches.openWork(key, until);
  // When more pages follow, the next workflow run takes over what is at the provider and what is to be retried.
  if (refusal === null && (!last || underWay + pending === 0)) return ended({ outcome: 'drained' });
  const byCap = refusal?.by === 'cap' || refusal?.by === 'cap_busy';
  if (byCap && underWay === 0) return ended({ outcome: 'pause', by: 'budget', message: refusal.message });
  const now = dependencies.now();
  const [oldest] = await dependencies.store.providerBatches.open(key);
  const passed = oldest === undefined ? 0 : now - oldest.createdAt;
  const waits = [
    ...(underWay === 0 ? [] : [Math.min(longestMilliseconds, Math.max(shortestMilliseconds, passed * 0.1))]),
    ...(refusal === null || byCap ? [] : [refusal.waitMilliseconds]),
    ...(refusal !== null || nextAttemptAt === null ? [] : [Math.max(0, nextAttemptAt - now)]),
  ];
  const seconds = Math.max(1, Math.ceil(Math.min(...waits) / 1000));
  if (underWay > 0) {
    const message = `the provider's batches${progress}`;
    return { result: { outcome: 'waiting', seconds, message }, waitsFor: 'provider_batches' };
  }
  const message = refusal?.message ?? 'items wait for their next attempt';
  return {
    result: { outcome: 'waiting', seconds, message },
    waitsFor: refusal === null ? 'retry' : waitKindOf(refusal.by),
  };
}

function ended(result: BatchPartitionResult): CheckResult {
  return { result, waitsFor: null };
}

/** After a temporary failure the batch waits; after a refusal it pauses for a person. Begun submissions are continued later. */
function resultOfFailure(error: unknown): CheckResult {
  if (!(error instanceof ApplicationFailure)) throw error;
  const verdict = judgeFailure(error);
  if (verdict.kind === 'succeeded') throw error;
  const { message } = verdict.reason;
  if (verdict.kind === 'retry') {
    const seconds = Math.ceil(Math.max(30_000, verdict.afterMilliseconds ?? 0) / 1000);
    const waitsFor = verdict.reason.type === 'provider_rate_limit' ? 'rate_limit' : 'breaker';
    return { result: { outcome: 'waiting', seconds, message }, waitsFor };
  }
  const hint = verdict.reason.type === 'provider_request' ? ' (economy mode needs a provider with a batch API)' : '';
  return ended({ outcome: 'pause', by: 'provider', message: `${message}${hint}` });
}

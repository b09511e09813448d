/**
 * One look at an economy batch: sends what an earlier attempt has left half sent, settles what the provider has ended, and
 * submits what may go. It never waits for the provider: the workflow comes again by a timer.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { ProviderBatch } from '../../../store/batches/provider-batches.ts';
import type { BatchEconomyInput } from '../../../workflows/contract/batches/economy.ts';
import type { BatchPartitionResult, BatchWaitKind } from '../../../workflows/contract/batches/batch.ts';
import { waitKindOf } from '../../../store/batches/batch-waits.ts';
import { beginEconomy, type EconomyContext } from './economy-context.ts';
import type { EconomyDependencies } from './economy-ports.ts';
import { abandonProviderBatch, settleProviderBatch } from './economy-results.ts';
import { packItems, sendProviderBatch, type Refusal } from './economy-submit.ts';
import { judgeFailure, pauseForSchema } from '../partition/item-end.ts';

const minute = 60_000;
/** Looks are a tenth of what has passed apart, within these bounds. */
const shortestMilliseconds = 10_000;
const longestMilliseconds = 15 * minute;
/** The provider's window of 24 hours, and an hour for it to say so. */
const windowMilliseconds = 25 * 60 * minute;
/** How long after its cancellation a batch may take to end; the provider says 10 minutes. */
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
  await dependencies.store.batchWaits.begin({ batchId, partition: 0, partitions: 1 });
  const { result, waitsFor } = await look(context, input).catch(failedLook);
  if (result.outcome === 'waiting' && waitsFor !== null) {
    const until = dependencies.now() + result.seconds * 1000;
    await dependencies.store.batchWaits.record(batchId, 0, { kind: waitsFor, message: result.message, until });
  }
  return result;
}

/** How a look ended, and what a batch that waits waits for. */
interface Look {
  readonly result: BatchPartitionResult;
  readonly waitsFor: BatchWaitKind | null;
}

async function look(context: EconomyContext, input: BatchEconomyInput): Promise<Look> {
  const progress = await lookAtAll(context);
  const refusal = await submitAll(context, input.until);
  return nextLook(context, input, refusal, progress);
}

/** Returns what is to be said of what is under way. */
async function lookAtAll(context: EconomyContext): Promise<string> {
  const { providerBatches } = context.dependencies.store;
  let answered = 0;
  let total = 0;
  for (const providerBatch of await providerBatches.open(context.key)) {
    context.signal.throwIfAborted();
    const seen =
      providerBatch.providerId === null ? null : await lookAt(context, providerBatch, providerBatch.providerId);
    answered += seen?.answered ?? 0;
    total += seen?.total ?? 0;
  }
  return total === 0 ? '' : `: ${answered} of ${total} items answered`;
}

/** Settles a provider's batch that has ended; one that outlives its window is cancelled. */
export async function lookAt(
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
  // Also one that an attempt before this one was to cancel, and may have died before it did.
  if (batch.status === 'running') await batchApi.cancel(providerId);
  return batch;
}

/** Sends what is half sent, then provider batch by provider batch what may go. Returns why not all of it may. */
async function submitAll(context: EconomyContext, until: number): Promise<Refusal | null> {
  const { dependencies, key } = context;
  const { providerBatches } = dependencies.store;
  for (const providerBatch of await providerBatches.open(key)) {
    if (providerBatch.state === 'intended') await sendProviderBatch(context, providerBatch);
  }
  for (;;) {
    const { refusal } = await packItems(context, until);
    // Also what an attempt before this one has reserved, and not come to pack.
    const [first] = await providerBatches.items(key, null, { after: -1, count: 1 });
    if (first === undefined) return refusal;
    await sendProviderBatch(context, await providerBatches.add(key, dependencies.now()));
    if (refusal !== null) return refusal;
  }
}

async function nextLook(
  { dependencies, key }: EconomyContext,
  { until, last }: BatchEconomyInput,
  refusal: Refusal | null,
  progress: string,
): Promise<Look> {
  if (refusal?.by === 'halted') return ended({ outcome: 'halted' });
  const { underWay, pending, nextAttemptAt } = await dependencies.store.providerBatches.outlook(key, until);
  // With pages to follow, what the provider has, and what is to be repeated, is handed to the next run.
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

function ended(result: BatchPartitionResult): Look {
  return { result, waitsFor: null };
}

/** A provider that fails is waited for, one that refuses is for a person; what is half sent stays as it is. */
function failedLook(error: unknown): Look {
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

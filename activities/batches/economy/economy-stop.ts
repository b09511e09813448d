/** Stops an economy batch: cancels its provider batches, keeps the answers that exist and ends all other open items. */
import { ApplicationFailure } from '@temporalio/common';
import type { ProviderBatch } from '../../../store/batches/provider-batches.ts';
import { stopReason, type BatchStop } from '../../../workflows/contract/batches/batch.ts';
import { checkProviderBatch } from './economy.ts';
import { beginEconomy, endItem, unpaid, type EconomyContext } from './economy-context.ts';
import type { EconomyDependencies } from './economy-ports.ts';
import { abandonProviderBatch, openItems } from './economy-results.ts';
import { findCreated } from './economy-submit.ts';

/** An attempt of the activity returns after this time, below its limit; the workflow then starts the next one. */
const attemptMilliseconds = 5 * 60_000;
const stepMilliseconds = 5_000;
/** How long the provider is polled when it returns nothing but errors. */
const abandonMilliseconds = 30 * 60_000;

/** Polls, since the provider takes minutes to cancel a batch and then reports what it had answered before. */
export async function stopEconomy(
  dependencies: EconomyDependencies,
  batchId: string,
  stop: BatchStop,
  signal: AbortSignal,
): Promise<{ readonly left: number }> {
  const { now, sleep, store } = dependencies;
  const { limits } = await store.batches.definition(batchId);
  const reason = stopReason(stop, limits.jobSeconds);
  const status = stop === 'cancelled' ? 'cancelled' : 'failed';
  const context = await beginEconomy(dependencies, batchId, { status, reason }, signal);
  await store.batchPartitions.endUnsubmitted(context.key, { status, reason, now: now() });
  const until = now() + attemptMilliseconds;
  for (;;) {
    const providerBatches = await store.providerBatches.open(context.key);
    if (providerBatches.every(({ providerId }) => providerId !== null)) await endReserved(context);
    for (const providerBatch of providerBatches) {
      signal.throwIfAborted();
      if (providerBatch.providerId === null) await stopUnsent(context, providerBatch);
      else await checkStoppedBatch(context, providerBatch, providerBatch.providerId);
    }
    const left = (await store.providerBatches.open(context.key)).length;
    if (left === 0 || now() >= until) return { left };
    await sleep(stepMilliseconds, signal);
  }
}

/** Checks one provider batch. After an error it is checked again, until `abandonMilliseconds` have passed. */
async function checkStoppedBatch(
  context: EconomyContext,
  providerBatch: ProviderBatch,
  providerId: string,
): Promise<void> {
  try {
    await checkProviderBatch(context, providerBatch, providerId);
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    const { cancelledAt } = providerBatch;
    const { dependencies, key } = context;
    const now = dependencies.now();
    if (cancelledAt === null)
      await dependencies.store.providerBatches.change(key, providerBatch.number, { cancelledAt: now });
    else if (now >= cancelledAt + abandonMilliseconds) await abandonProviderBatch(context, providerBatch, providerId);
  }
}

/** Handles a provider batch without a known id: looks it up by its key, since an earlier attempt may have created it. */
async function stopUnsent(context: EconomyContext, providerBatch: ProviderBatch): Promise<void> {
  const { providerBatches } = context.dependencies.store;
  const created = await findCreated(context, providerBatch);
  if (created !== null) return providerBatches.submitted(context.key, providerBatch.number, created.id);
  await endReserved(context);
  await providerBatches.change(context.key, providerBatch.number, { state: 'ended' });
}

/** Ends the items that have reserved money but belong to no provider batch. */
async function endReserved(context: EconomyContext): Promise<void> {
  const { stopped } = context;
  if (stopped === null) return;
  for await (const item of openItems(context, null)) await endItem(context, item, stopped, unpaid);
}

/** Ends the open items of an economy batch that is stopped: answers that are there are kept, the rest is cancelled. */
import { ApplicationFailure } from '@temporalio/common';
import type { ProviderBatch } from '../../../store/batches/provider-batches.ts';
import { stopReason, type BatchStop } from '../../../workflows/contract/batches/batch.ts';
import { lookAt } from './economy.ts';
import { beginEconomy, endItem, unpaid, type EconomyContext } from './economy-context.ts';
import type { EconomyDependencies } from './economy-ports.ts';
import { abandonProviderBatch, openItems } from './economy-results.ts';
import { findCreated } from './economy-submit.ts';

/** An attempt ends before its limit; what is left is the next one's. */
const attemptMilliseconds = 5 * 60_000;
const stepMilliseconds = 5_000;
/** How long a provider that answers nothing but errors is asked. */
const abandonMilliseconds = 30 * 60_000;

/** The provider takes minutes to stop a batch, and then tells what was answered before. */
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
    if (providerBatches.every(({ providerId }) => providerId !== null)) await endUnpacked(context);
    for (const providerBatch of providerBatches) {
      signal.throwIfAborted();
      if (providerBatch.providerId === null) await stopUnsent(context, providerBatch);
      else await lookAgain(context, providerBatch, providerBatch.providerId);
    }
    const left = (await store.providerBatches.open(context.key)).length;
    if (left === 0 || now() >= until) return { left };
    await sleep(stepMilliseconds, signal);
  }
}

/** A provider that does not answer is asked again; `lookAt` gives it up after a while. */
async function lookAgain(context: EconomyContext, providerBatch: ProviderBatch, providerId: string): Promise<void> {
  try {
    await lookAt(context, providerBatch, providerId);
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

/** A provider batch whose creation is not known to have happened: what the provider has of it is found and stopped like others. */
async function stopUnsent(context: EconomyContext, providerBatch: ProviderBatch): Promise<void> {
  const { providerBatches } = context.dependencies.store;
  const created = await findCreated(context, providerBatch);
  if (created !== null) return providerBatches.submitted(context.key, providerBatch.number, created.id);
  await endUnpacked(context);
  await providerBatches.change(context.key, providerBatch.number, { state: 'ended' });
}

/** Intended items that no provider's batch holds. */
async function endUnpacked(context: EconomyContext): Promise<void> {
  const { stopped } = context;
  if (stopped === null) return;
  for await (const item of openItems(context, null)) await endItem(context, item, stopped, unpaid);
}

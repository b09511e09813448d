/** Ends the open items of an economy batch that is stopped: answers that are there are kept, the rest is cancelled. */
import { ApplicationFailure } from '@temporalio/common';
import type { Parcel } from '../../../store/batches/batch-parcels.ts';
import { stopReason, type BatchStop } from '../../../workflows/contract/batches/batch.ts';
import { lookAt } from './economy.ts';
import { beginEconomy, endItem, unpaid, type EconomyContext } from './economy-context.ts';
import type { EconomyDependencies } from './economy-ports.ts';
import { abandonParcel, openItems } from './economy-results.ts';
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
  await store.batchLanes.endUnsubmitted(context.key, { status, reason, now: now() });
  const until = now() + attemptMilliseconds;
  for (;;) {
    const parcels = await store.batchParcels.open(context.key);
    if (parcels.every(({ providerId }) => providerId !== null)) await endUnpacked(context);
    for (const parcel of parcels) {
      signal.throwIfAborted();
      if (parcel.providerId === null) await stopUnsent(context, parcel);
      else await lookAgain(context, parcel, parcel.providerId);
    }
    const left = (await store.batchParcels.open(context.key)).length;
    if (left === 0 || now() >= until) return { left };
    await sleep(stepMilliseconds, signal);
  }
}

/** A provider that does not answer is asked again; `lookAt` gives it up after a while. */
async function lookAgain(context: EconomyContext, parcel: Parcel, providerId: string): Promise<void> {
  try {
    await lookAt(context, parcel, providerId);
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    const { cancelledAt } = parcel;
    const { dependencies, key } = context;
    const now = dependencies.now();
    if (cancelledAt === null) await dependencies.store.batchParcels.change(key, parcel.number, { cancelledAt: now });
    else if (now >= cancelledAt + abandonMilliseconds) await abandonParcel(context, parcel, providerId);
  }
}

/** A parcel whose creation is not known to have happened: what the provider has of it is found and stopped like others. */
async function stopUnsent(context: EconomyContext, parcel: Parcel): Promise<void> {
  const { batchParcels } = context.dependencies.store;
  const created = await findCreated(context, parcel);
  if (created !== null) return batchParcels.submitted(context.key, parcel.number, created.id);
  await endUnpacked(context);
  await batchParcels.change(context.key, parcel.number, { state: 'ended' });
}

/** Intended items that no provider's batch holds. */
async function endUnpacked(context: EconomyContext): Promise<void> {
  const { stopped } = context;
  if (stopped === null) return;
  for await (const item of openItems(context, null)) await endItem(context, item, stopped, unpaid);
}

/**
 * Hands items to the provider's batch API: reserves what each may cost, writes them into a file, uploads it and creates the
 * provider's batch. Each step is in the store before and after, so that an attempt that follows goes on, not anew.
 */
import type { Admission } from '../../../store/batches/batch-spend.ts';
import type { Parcel } from '../../../store/batches/batch-parcels.ts';
import { toNano } from '../../../store/database/batch-tables.ts';
import { priceShare } from '../../llm/prices.ts';
import { parcelKey, type EconomyContext } from './economy-context.ts';
import type { BatchRequestLine, ProviderBatch } from './economy-ports.ts';
import { openItems } from './economy-results.ts';
import { itemRequest } from '../partition/item-request.ts';

/** Of one file; providers take 50,000 requests and 200 MB. */
const mostItems = 1000;
const mostBytes = 100 * 2 ** 20;
const portion = 50;
/** How long the outcome of a call whose answer was lost is looked for, and how often. */
const lostMilliseconds = 20_000;
const lostStepMilliseconds = 2_000;

export type Refusal = Extract<Admission, { admitted: false }>;

export interface Packed {
  readonly count: number;
  /** Why no more; null when nothing more is due, or the file is full. */
  readonly refusal: Refusal | null;
}

/** Reserves the worst case of items that are due, at the provider's batch price, and writes their intents. */
export async function packItems(context: EconomyContext, until: number): Promise<Packed> {
  const { dependencies, key, definition, limits, signal } = context;
  const { model, mode, maxOutputTokens } = definition;
  const share = priceShare(mode);
  let count = 0;
  let bytes = 0;
  while (count < mostItems && bytes < mostBytes) {
    signal.throwIfAborted();
    const now = dependencies.now();
    const wanted = Math.min(portion, mostItems - count);
    const items = await dependencies.store.batchParcels.take(key, { until, now, count: wanted });
    if (items.length === 0) break;
    for (const { position, item } of items) {
      const { mostInputTokens } = itemRequest(definition, item, limits.callSeconds);
      const worst = { inputTokens: mostInputTokens, cachedInputTokens: 0, outputTokens: maxOutputTokens };
      const worstNano = toNano(dependencies.priceOf(model, worst) * share);
      const admission = await dependencies.store.batchLanes.admit(key, { position, worstNano, gate: null, now });
      if (!admission.admitted) return { count, refusal: admission };
      count += 1;
      bytes += mostInputTokens;
    }
  }
  return { count, refusal: null };
}

/** Brings a parcel from whatever step it is at to a batch at the provider. */
export async function sendParcel(context: EconomyContext, parcel: Parcel): Promise<void> {
  const { batchParcels } = context.dependencies.store;
  if ((await batchParcels.items(context.key, null, { after: -1, count: 1 })).length === 0) {
    await batchParcels.change(context.key, parcel.number, { state: 'ended' });
    return;
  }
  const { id } = (await findCreated(context, parcel)) ?? (await createBatch(context, parcel));
  await batchParcels.submitted(context.key, parcel.number, id);
}

/** The provider's batch that an earlier attempt has created without learning its id; null when there is none. */
export async function findCreated(context: EconomyContext, parcel: Parcel): Promise<ProviderBatch | null> {
  if (parcel.creations === 0) return null;
  const { providerBatches } = context.dependencies;
  return lookFor(context, () => providerBatches.findBatch(parcelKey(context, parcel.number), context.signal));
}

async function createBatch(context: EconomyContext, parcel: Parcel): Promise<ProviderBatch> {
  const { dependencies, key, signal } = context;
  const fileId = parcel.fileId ?? (await uploadParcel(context, parcel));
  signal.throwIfAborted();
  await dependencies.store.batchParcels.change(key, parcel.number, { creations: parcel.creations + 1 });
  return dependencies.providerBatches.create(parcelKey(context, parcel.number), fileId);
}

async function uploadParcel(context: EconomyContext, parcel: Parcel): Promise<string> {
  const { dependencies, key, signal } = context;
  const { providerBatches, store } = dependencies;
  const name = parcelKey(context, parcel.number);
  const found =
    parcel.uploads === 0 ? null : await lookFor(context, () => providerBatches.findUpload(name, context.signal));
  if (found === null) await store.batchParcels.change(key, parcel.number, { uploads: parcel.uploads + 1 });
  const fileId = found ?? (await providerBatches.upload(name, requestLines(context), signal));
  await store.batchParcels.change(key, parcel.number, { fileId });
  return fileId;
}

async function* requestLines(context: EconomyContext): AsyncGenerator<BatchRequestLine> {
  const { definition, limits } = context;
  for await (const { position, item } of openItems(context, null)) {
    const { request } = itemRequest(definition, item, limits.callSeconds);
    yield { customId: String(position), request };
  }
}

/** What a call whose answer was lost may still bring about at the provider comes to light within a while. */
async function lookFor<T>({ dependencies, signal }: EconomyContext, find: () => Promise<T | null>): Promise<T | null> {
  const until = dependencies.now() + lostMilliseconds;
  for (;;) {
    const found = await find();
    if (found !== null || dependencies.now() >= until) return found;
    await dependencies.sleep(lostStepMilliseconds, signal);
  }
}

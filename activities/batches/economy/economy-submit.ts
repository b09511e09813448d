/**
 * Submits items to the provider's batch API: reserves what each may cost, writes them into a file, uploads it and creates the
 * provider batch. The store records each step before and after it, so that the next attempt continues where this one stopped.
 */
import type { Admission } from '../../../store/batches/partitions/batch-spend.ts';
import type { ProviderBatch } from '../../../store/batches/provider-batches.ts';
import { toNano } from '../../../store/database/tables/batch-tables.ts';
import { priceShare } from '../../llm/prices.ts';
import { providerBatchKey, type EconomyContext } from './economy-context.ts';
import type { BatchRequestLine, ReportedBatch } from './economy-ports.ts';
import { openItems } from './economy-results.ts';
import { itemRequest } from '../partition/item-request.ts';

/** Limits of one file; providers accept 50,000 requests and 200 MB. */
const mostItems = 1000;
const mostBytes = 100 * 2 ** 20;
const portion = 50;
/** How long, and how often, the provider is searched for what a call with a lost response has created. */
const lostMilliseconds = 20_000;
const lostStepMilliseconds = 2_000;

export type Refusal = Extract<Admission, { admitted: false }>;

export interface Reservation {
  readonly count: number;
  /** Why no more items were reserved; null when no more items are due or the file is full. */
  readonly refusal: Refusal | null;
}

/** Reserves the highest cost of the items that are due, at the batch API's price, and sets them to `intended`. */
export async function reserveItems(context: EconomyContext, until: number): Promise<Reservation> {
  const { dependencies, key, definition, limits, signal } = context;
  const { model, mode, maxOutputTokens } = definition;
  const share = priceShare(mode);
  let count = 0;
  let bytes = 0;
  while (count < mostItems && bytes < mostBytes) {
    signal.throwIfAborted();
    const now = dependencies.now();
    const wanted = Math.min(portion, mostItems - count);
    const items = await dependencies.store.providerBatches.take(key, { until, now, count: wanted });
    if (items.length === 0) break;
    for (const { position, item } of items) {
      const { mostInputTokens } = itemRequest(definition, item, limits.callSeconds);
      const worst = { inputTokens: mostInputTokens, cachedInputTokens: 0, outputTokens: maxOutputTokens };
      const worstNano = toNano(dependencies.priceOf(model, worst) * share);
      const admission = await dependencies.store.batchPartitions.admit(key, {
        position,
        worstNano,
        limiter: null,
        now,
      });
      if (!admission.admitted) return { count, refusal: admission };
      count += 1;
      bytes += mostInputTokens;
    }
  }
  return { count, refusal: null };
}

/** Uploads the file and creates the batch at the provider, as far as earlier attempts have not done so. */
export async function sendProviderBatch(context: EconomyContext, providerBatch: ProviderBatch): Promise<void> {
  const { providerBatches } = context.dependencies.store;
  if ((await providerBatches.items(context.key, null, { after: -1, count: 1 })).length === 0) {
    await providerBatches.change(context.key, providerBatch.number, { state: 'ended' });
    return;
  }
  const { id } = (await findCreated(context, providerBatch)) ?? (await createBatch(context, providerBatch));
  await providerBatches.submitted(context.key, providerBatch.number, id);
}

/** Finds the batch that an earlier attempt created at the provider without storing its id; null when there is none. */
export async function findCreated(
  context: EconomyContext,
  providerBatch: ProviderBatch,
): Promise<ReportedBatch | null> {
  if (providerBatch.creations === 0) return null;
  const { batchApi } = context.dependencies;
  return lookFor(context, () => batchApi.findBatch(providerBatchKey(context, providerBatch.number), context.signal));
}

async function createBatch(context: EconomyContext, providerBatch: ProviderBatch): Promise<ReportedBatch> {
  const { dependencies, key, signal } = context;
  const fileId = providerBatch.fileId ?? (await uploadRequests(context, providerBatch));
  signal.throwIfAborted();
  await dependencies.store.providerBatches.change(key, providerBatch.number, {
    creations: providerBatch.creations + 1,
  });
  return dependencies.batchApi.create(providerBatchKey(context, providerBatch.number), fileId);
}

async function uploadRequests(context: EconomyContext, providerBatch: ProviderBatch): Promise<string> {
  const { dependencies, key, signal } = context;
  const { batchApi, store } = dependencies;
  const name = providerBatchKey(context, providerBatch.number);
  const found =
    providerBatch.uploads === 0 ? null : await lookFor(context, () => batchApi.findUpload(name, context.signal));
  if (found === null)
    await store.providerBatches.change(key, providerBatch.number, { uploads: providerBatch.uploads + 1 });
  const fileId = found ?? (await batchApi.upload(name, requestLines(context), signal));
  await store.providerBatches.change(key, providerBatch.number, { fileId });
  return fileId;
}

async function* requestLines(context: EconomyContext): AsyncGenerator<BatchRequestLine> {
  const { definition, limits } = context;
  for await (const { position, item } of openItems(context, null)) {
    const { request } = itemRequest(definition, item, limits.callSeconds);
    yield { customId: String(position), request };
  }
}

/** Searches repeatedly: what a call with a lost response created may appear at the provider with a delay. */
async function lookFor<T>({ dependencies, signal }: EconomyContext, find: () => Promise<T | null>): Promise<T | null> {
  const until = dependencies.now() + lostMilliseconds;
  for (;;) {
    const found = await find();
    if (found !== null || dependencies.now() >= until) return found;
    await dependencies.sleep(lostStepMilliseconds, signal);
  }
}

/** Controls batches for people: start, pause, resume, cancel, change limits, retry failed items, remove. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { BatchChange } from '../../../store/batches/batches.ts';
import type { Store } from '../../../store/store.ts';
import { type BatchPause } from '../../../workflows/contract/batches/batch.ts';
import { batchLimitProblems, type BatchLimitChanges } from '../../../workflows/contract/batches/limits.ts';
import type { BatchView } from '../../../workflows/contract/batches/schema.ts';
import type { BatchOrder, BatchTemporal, OrderTaken } from './batch-temporal.ts';
import { ProblemError } from '../http/problem.ts';
import { JobUnattended, TemporalUnreachable } from '../temporal-calls.ts';
import { withUploadLock } from './upload-lock.ts';

export interface BatchControlling {
  readonly store: Store;
  readonly batches: BatchTemporal;
  readonly now: () => Date;
  readonly log: Logger;
}

/** How long an estimate may take before the API answers that no worker has made it. */
const estimateMilliseconds = 20_000;
const pollMilliseconds = 150;
/** How long a caller waits for a reopening, which takes 10 to 20 s for a million items. */
const reopenMilliseconds = 2_000;

export async function findBatch(store: Store, id: string): Promise<BatchView> {
  const batch = await store.batches.find(id);
  if (batch === null) throw new ProblemError('not-found', `there is no batch ${id}`);
  return batch;
}

/** Starts a batch, or resumes one that was started for its estimate. A repeated call changes nothing. */
export async function startBatch(controlling: BatchControlling, id: string): Promise<void> {
  const batch = await findBatch(controlling.store, id);
  refuseEnded(batch);
  if (batch.pause !== null && batch.state !== 'importing') return orderBatch(controlling, id, { kind: 'resume' });
  if (batch.state === 'importing') await sealBatch(controlling, batch, null);
  await begin(controlling, id);
}

/** Starts a batch paused and waits for its cost estimate. Nothing is submitted until the batch is started. */
export async function estimateBatch(controlling: BatchControlling, id: string): Promise<void> {
  const { store, now } = controlling;
  const batch = await findBatch(store, id);
  if (batch.state === 'importing') {
    const pause = { by: 'person', message: 'estimated; waits to be started', at: now().toISOString() } as const;
    await sealBatch(controlling, batch, pause);
  }
  if (batch.state === 'importing' || batch.state === 'queued') await begin(controlling, id);
  const until = Date.now() + estimateMilliseconds;
  while ((await store.batches.control(id)).state === 'queued') {
    if (Date.now() > until) throw noWorker('the batch is stored, but no worker has made its estimate yet');
    await delay(pollMilliseconds);
  }
}

/** Sends an order to the batch's workflow. While the batch has no workflow yet, applies the order in the store. */
export async function orderBatch(controlling: BatchControlling, id: string, order: BatchOrder): Promise<void> {
  const batch = await findBatch(controlling.store, id);
  refuseEnded(batch);
  if (batch.state === 'importing') {
    if (order.kind !== 'limits') throw new ProblemError('conflict', 'the batch is not started yet');
    return changeInStore(controlling, batch, order);
  }
  const { as, message } = await give(controlling.batches, id, order);
  if (as === 'refused') throw new ProblemError('conflict', message);
  if (as === 'taken') return;
  const newest = await findBatch(controlling.store, id);
  refuseEnded(newest);
  if (newest.state !== 'queued') throw noWorker("the batch's workflow was lost and is restarted within minutes");
  await changeInStore(controlling, newest, order);
}

/** Sends an order; throws `ProblemError` when Temporal or its workers do not answer. */
export async function give(batches: BatchTemporal, id: string, order: BatchOrder): Promise<OrderTaken> {
  try {
    return await batches.order(id, order);
  } catch (error) {
    throw asProblem(error);
  }
}

/**
 * Retries the failed and timed-out items of an ended batch. The items of a very large one are reopened in the background:
 * false when that goes on. When this process dies meanwhile, the reconciliation completes it.
 */
export async function retryFailed(
  controlling: BatchControlling,
  id: string,
  options: { readonly uncertain: boolean },
): Promise<boolean> {
  refuseOpen(await findBatch(controlling.store, id));
  const reopening = reopenAndBegin(controlling, id, options);
  const stop = new AbortController();
  const limit = delay(reopenMilliseconds, 'late' as const, { signal: stop.signal }).catch(() => 'late' as const);
  try {
    if ((await Promise.race([reopening, limit])) !== 'late') return true;
  } finally {
    stop.abort();
  }
  reopening.catch((error: unknown) => controlling.log.warn({ err: error, batchId: id }, 'a batch was not reopened'));
  return false;
}

async function reopenAndBegin(
  controlling: BatchControlling,
  id: string,
  options: { readonly uncertain: boolean },
): Promise<void> {
  const { store, now } = controlling;
  if ((await store.batches.reopen(id, { ...options, now: now() })) === 0) {
    // It may have been removed or reopened meanwhile.
    refuseOpen(await findBatch(store, id));
    throw new ProblemError('conflict', 'the batch has no failed items');
  }
  await begin(controlling, id);
}

export async function removeBatch({ store }: BatchControlling, id: string): Promise<void> {
  await findBatch(store, id);
  if (await store.batches.remove(id)) return;
  throw new ProblemError('conflict', 'the batch is running: cancel it first');
}

async function sealBatch({ store }: BatchControlling, { id }: BatchView, pause: BatchPause | null): Promise<void> {
  await withUploadLock(
    store,
    id,
    'an upload of items to this batch is in progress: start the batch when it is done',
    async () => {
      // Removes the items of uploads that broke off.
      await store.batchUploads.discardBroken(id);
      const batch = await findBatch(store, id);
      // The holder of the lock before this one may have sealed it.
      if (batch.state !== 'importing') return;
      if (batch.itemCount === 0) throw new ProblemError('conflict', 'the batch has no items yet: upload some first');
      await store.batches.change(batch.id, { pause });
      const count = await store.batches.seal(batch.id);
      await store.events.append({ jobId: batch.id, type: 'batch.queued', message: `queued with ${count} items` });
    },
  );
}

/** Starts the batch's workflow. After a failure the outbox tries again until the workflow has opened the batch. */
async function begin({ store, batches }: BatchControlling, id: string): Promise<void> {
  try {
    await batches.start(await findBatch(store, id));
  } catch (error) {
    if (!(error instanceof TemporalUnreachable)) throw error;
    const detail = `${error.message}. The batch is stored as ${id} and starts by itself when Temporal answers again.`;
    throw new ProblemError('temporal-unreachable', detail, { retryAfterSeconds: 15 });
  }
}

/** Applies an order in the store. Throws when a workflow has opened the batch meanwhile: a repeated order reaches the workflow. */
async function changeInStore({ store, now }: BatchControlling, batch: BatchView, order: BatchOrder): Promise<void> {
  const isDone =
    order.kind === 'cancel'
      ? await store.batches.cancelWaiting(batch.id, {
          reason: { type: 'cancelled', message: 'cancelled before it started' },
          now: now(),
        })
      : await store.batches.changeWaiting(batch.id, changeOf(batch, order, now()));
  if (!isDone) throw noWorker('the batch is just starting: repeat the request');
}

function changeOf(batch: BatchView, order: Exclude<BatchOrder, { kind: 'cancel' }>, now: Date): BatchChange {
  switch (order.kind) {
    case 'pause':
      return { pause: { by: 'person', message: order.message, at: now.toISOString() } };
    case 'resume':
      return { pause: null };
    case 'append':
      return { itemCount: order.itemCount };
    case 'limits':
      return { limits: changedLimits(batch, order.changes) };
  }
}

function changedLimits({ definition }: BatchView, changes: BatchLimitChanges) {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const limits = { ...definition.limits, ...given };
  const problems = batchLimitProblems(limits);
  if (problems.length > 0) throw new ProblemError('conflict', problems.join('; '));
  return limits;
}

function refuseOpen({ state }: BatchView): void {
  if (state !== 'ended') throw new ProblemError('conflict', 'the batch has not ended yet');
}

function refuseEnded({ state, outcome }: BatchView): void {
  if (state === 'ended') throw new ProblemError('conflict', `the batch has ended as ${outcome}`);
}

function asProblem(error: unknown): unknown {
  if (error instanceof TemporalUnreachable)
    return new ProblemError('temporal-unreachable', error.message, { retryAfterSeconds: 15 });
  return error instanceof JobUnattended ? noWorker(error.message) : error;
}

function noWorker(detail: string): ProblemError {
  return new ProblemError('no-worker', detail, { retryAfterSeconds: 15 });
}

/** What people do to batches: begin, pause, resume, cancel, change limits, try failed items again, remove. */
import { setTimeout as delay } from 'node:timers/promises';
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
}

/** How long a worker may take to make an estimate before it is said that none is there. */
const estimateMilliseconds = 20_000;
const pollMilliseconds = 150;

export async function findBatch(store: Store, id: string): Promise<BatchView> {
  const batch = await store.batches.find(id);
  if (batch === null) throw new ProblemError('not-found', `there is no batch ${id}`);
  return batch;
}

/** Begins a batch, or lets one go on that was begun for its estimate. Repeating it changes nothing. */
export async function startBatch(controlling: BatchControlling, id: string): Promise<void> {
  const batch = await findBatch(controlling.store, id);
  refuseEnded(batch);
  if (batch.pause !== null && batch.state !== 'importing') return orderBatch(controlling, id, { kind: 'resume' });
  if (batch.state === 'importing') await sealBatch(controlling, batch, null);
  await begin(controlling, id);
}

/** Begins a batch paused and waits for what it may cost: nothing is submitted before it is started. */
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
    if (Date.now() > until) throw noWorker('the batch is kept, and no worker has made its estimate yet');
    await delay(pollMilliseconds);
  }
}

/** Gives an order to the batch's workflow; one that waits in the store alone is changed there. */
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
  if (newest.state !== 'queued') throw noWorker('its workflow is begun anew within minutes');
  await changeInStore(controlling, newest, order);
}

/** Gives an order, with outages as problems. */
export async function give(batches: BatchTemporal, id: string, order: BatchOrder): Promise<OrderTaken> {
  try {
    return await batches.order(id, order);
  } catch (error) {
    throw asProblem(error);
  }
}

/** Makes the failed and timed-out items pending again. Returns how many. */
export async function retryFailed(
  controlling: BatchControlling,
  id: string,
  options: { readonly uncertain: boolean },
): Promise<number> {
  const { store, now } = controlling;
  const batch = await findBatch(store, id);
  if (batch.state !== 'ended') throw new ProblemError('conflict', 'the batch has not ended yet');
  const count = await store.batches.reopen(id, { ...options, now: now() });
  if (count === 0) throw new ProblemError('conflict', 'the batch has no items that failed');
  const message = `${count} items are tried again`;
  await store.events.append({ jobId: id, type: 'batch.reopened', message });
  await begin(controlling, id);
  return count;
}

export async function removeBatch({ store }: BatchControlling, id: string): Promise<void> {
  await findBatch(store, id);
  if (await store.batches.remove(id)) return;
  throw new ProblemError('conflict', 'the batch runs: cancel it first');
}

async function sealBatch({ store }: BatchControlling, { id }: BatchView, pause: BatchPause | null): Promise<void> {
  await withUploadLock(store, id, 'items are being sent to the batch: start it after', async () => {
    // What an upload left that died with its process is no whole list.
    await store.batchUploads.discardBroken(id);
    const batch = await findBatch(store, id);
    // Whoever had the lock before may have sealed it.
    if (batch.state !== 'importing') return;
    if (batch.itemCount === 0) throw new ProblemError('conflict', 'the batch has no items yet: send some first');
    await store.batches.change(batch.id, { pause });
    const count = await store.batches.seal(batch.id);
    await store.events.append({ jobId: batch.id, type: 'batch.queued', message: `${count} items are to be answered` });
  });
}

/** The outbox begins it again and again until its workflow has opened it, so an outage here loses nothing. */
async function begin({ store, batches }: BatchControlling, id: string): Promise<void> {
  try {
    await batches.start(await findBatch(store, id));
  } catch (error) {
    if (!(error instanceof TemporalUnreachable)) throw error;
    const detail = `${error.message}. The batch is kept as ${id} and starts by itself once Temporal answers.`;
    throw new ProblemError('temporal-unreachable', detail, { retryAfterSeconds: 15 });
  }
}

/** Throws when a workflow has opened the batch meanwhile: the same order reaches that. */
async function changeInStore({ store, now }: BatchControlling, batch: BatchView, order: BatchOrder): Promise<void> {
  const isDone =
    order.kind === 'cancel'
      ? await store.batches.cancelWaiting(batch.id, {
          reason: { type: 'cancelled', message: 'cancelled before it began' },
          now: now(),
        })
      : await store.batches.changeWaiting(batch.id, changeOf(batch, order, now()));
  if (!isDone) throw noWorker('the batch is just being begun: send the same again');
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

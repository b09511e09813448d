/** Activities that write a batch's state: its start with the cost estimate, each change that its workflow decided, and its end. */
import { ApplicationFailure } from '@temporalio/common';
import type { Store } from '../../store/store.ts';
import {
  batchOutcome,
  stopReason,
  type BatchCounts,
  type BatchRecordActivities,
  type ChangeBatchInput,
  type CloseBatchInput,
  type CloseBatchResult,
  type OpenBatchInput,
  type OpenBatchResult,
} from '../../workflows/contract/batches/batch.ts';
import type { BatchView } from '../../workflows/contract/batches/schema.ts';
import type { Reason } from '../../workflows/contract/failures.ts';
import { createOutputReader } from '../output-schema.ts';
import { estimateCosts, type Costs } from './estimate.ts';
import { schemaProblem } from './partition/item-end.ts';
import type { BatchDependencies } from './ports.ts';

export type BatchRecordDependencies = Pick<BatchDependencies, 'priceOf'> & {
  readonly store: Pick<Store, 'batches' | 'batchItems' | 'events'>;
};

export function createBatchRecords(dependencies: BatchRecordDependencies): BatchRecordActivities {
  return {
    openBatch: (input) => openBatch(dependencies, input),
    changeBatch: (input) => changeBatch(dependencies, input),
    closeBatch: (input) => closeBatch(dependencies, input),
  };
}

async function openBatch({ store, priceOf }: BatchRecordDependencies, input: OpenBatchInput): Promise<OpenBatchResult> {
  const { batchId, now } = input;
  const batch = await find(store, batchId);
  const { limits, mode } = batch.definition;
  if (batch.state === 'ended') {
    // A person cancelled the batch before its workflow started.
    return { itemCount: batch.itemCount, startedAt: now, pause: null, limits, mode, stop: 'cancelled' };
  }
  if (batch.startedAt !== null) {
    // The workflow was lost and restarted: earlier decisions stay in force.
    if (batch.state === 'queued') await store.batches.change(batchId, { state: 'running' });
    await store.events.append({ jobId: batchId, type: 'batch.resumed', message: 'its workflow was restarted' });
    const isLate = Date.parse(now) >= Date.parse(batch.startedAt) + limits.jobSeconds * 1000;
    const stop = batch.state !== 'stopping' ? null : isLate ? 'job_time_limit' : 'cancelled';
    return { itemCount: batch.itemCount, startedAt: batch.startedAt, pause: batch.pause, limits, mode, stop };
  }
  const { costs, problem } = await examine(store, batch, priceOf);
  // The store also holds whether the batch starts paused: the reconciliation may have started the workflow.
  const asked = input.pause ?? batch.pause;
  const pause = problem === null ? asked : { by: 'provider' as const, message: problem, at: now };
  const state = pause === null ? 'running' : 'paused';
  await store.batches.change(batchId, { state, pause, startedAt: now, ...costs });
  // Read after the change of state: it includes what a person changed before; later changes go through the workflow.
  const { itemCount, limits: newestLimits } = await store.batches.control(batchId);
  const money = costs === null ? '' : `, about $${costs.estimateUsd.toFixed(4)}, at most $${costs.worstUsd.toFixed(4)}`;
  const message = `${itemCount} items${money}${pause === null ? '' : `; paused: ${pause.message}`}`;
  await store.events.append({ jobId: batchId, type: 'batch.started', message });
  return { itemCount, startedAt: now, pause, limits: newestLimits, mode, stop: null };
}

/** Estimates the cost, and finds problems for which no item could be answered. */
async function examine(
  store: BatchRecordDependencies['store'],
  batch: BatchView,
  priceOf: BatchRecordDependencies['priceOf'],
): Promise<{ readonly costs: Costs | null; readonly problem: string | null }> {
  try {
    await createOutputReader(batch.definition.outputSchema, { owner: batch.id });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { costs: null, problem: schemaProblem(message) };
  }
  try {
    return { costs: await estimateCosts(store, batch, priceOf), problem: null };
  } catch (error) {
    // An unknown price is the only failure from the closed list here.
    if (!(error instanceof ApplicationFailure)) throw error;
    return { costs: null, problem: error.message };
  }
}

async function changeBatch({ store }: BatchRecordDependencies, input: ChangeBatchInput): Promise<void> {
  const { batchId, event, ...change } = input;
  await store.batches.change(batchId, change);
  await store.events.append({ jobId: batchId, type: event.type, message: event.message });
}

async function closeBatch({ store }: BatchRecordDependencies, input: CloseBatchInput): Promise<CloseBatchResult> {
  const { batchId, stop, continuations } = input;
  const counts = await store.batches.counts(batchId);
  const batch = await find(store, batchId);
  const outcome = batchOutcome(counts, stop);
  const reason = stop === null ? countsReason(counts) : stopReason(stop, batch.definition.limits.jobSeconds);
  const why = reason === null ? '' : `: ${reason.message}`;
  const { spentUsd: costUsd } = batch;
  // A repeated attempt of the activity: the end was written, and a person has retried the failed items since.
  if (batch.state === 'queued') return { outcome, reason, counts, costUsd };
  // Written before the state, so that a client that sees the batch ended can read all its events.
  if (batch.state !== 'ended') {
    const message = `${outcome}${why}, $${costUsd.toFixed(4)}`;
    await store.events.append({ jobId: batchId, type: 'batch.ended', message, data: { ...counts, costUsd } });
  }
  await store.batches.close(batchId, { outcome, reason, continuations, now: new Date() });
  return { outcome, reason, counts, costUsd };
}

function countsReason(counts: BatchCounts): Reason | null {
  const { failed, timed_out: late, uncertain, cancelled } = counts;
  const without = failed + late + uncertain + cancelled;
  if (without === 0) return null;
  const parts = [
    `${failed} failed`,
    `${late} timed out`,
    `${uncertain} may have been paid and lost`,
    `${cancelled} cancelled`,
  ].filter((part) => !part.startsWith('0 '));
  const message = `${without === 1 ? '1 item has' : `${without} items have`} no answer: ${parts.join(', ')}`;
  return { type: 'unexpected', message };
}

async function find(store: BatchRecordDependencies['store'], batchId: string): Promise<BatchView> {
  const batch = await store.batches.find(batchId);
  if (batch === null) throw new Error(`there is no batch ${batchId}`);
  return batch;
}

/**
 * Looks after batches from outside: begins workflows anew that are gone, records answers that were paid and lost, and
 * alerts of what it cannot mend. Each alert is an event of its batch, a metric and a log line.
 */
import type { Store } from '../../store/store.ts';
import type { BatchLimits } from '../../workflows/contract/batch.ts';
import type { ReconcileResult } from '../../workflows/contract/reconcile.ts';
import { createOutputReader } from '../output-schema.ts';
import type { Model } from '../ports.ts';
import { judgeResponse } from './item-end.ts';

export interface ReconcileDependencies {
  readonly store: Pick<Store, 'batches' | 'batchHealth' | 'events'>;
  readonly model: Model;
  readonly workflows: BatchWorkflows;
  readonly now: () => number;
  /** Told of each figure at each look. */
  readonly measure: (figures: ReconcileResult) => void;
  readonly alert: (alert: Alert) => void;
}

/** What the reconciliation asks of Temporal. */
export interface BatchWorkflows {
  isRunning(batchId: string): Promise<boolean>;
  /** Begins a batch's workflow; nothing happens when it runs. */
  start(batchId: string, limits: BatchLimits): Promise<void>;
}

export interface Alert {
  readonly type: 'items_stuck' | 'batch_over_24_hours' | 'batch_restarted' | 'items_much_tried';
  /** Null for one that is about the platform. */
  readonly batchId: string | null;
  readonly message: string;
}

const day = 24 * 3_600_000;
const manyStuckItems = 100;
const manyAttempts = 5;
const orphansAtOnce = 200;
/** A sealed batch whose client has not started its workflow by then has lost its client. */
const startPatienceMilliseconds = 60_000;

export async function reconcileBatches(
  dependencies: ReconcileDependencies,
  signal: AbortSignal,
): Promise<ReconcileResult> {
  const { store, now } = dependencies;
  const restarted = await restartLost(dependencies);
  const recovered = await recoverOrphans(dependencies, signal);
  const stuckItems = await store.batchHealth.stuckItems(now() - day);
  const muchTriedItems = await store.batchHealth.muchTried(manyAttempts);
  const long = await store.batchHealth.longBatches(new Date(now() - day));
  for (const batchId of long) {
    await alertOnce(dependencies, {
      type: 'batch_over_24_hours',
      batchId,
      message: 'it has run for more than 24 hours',
    });
  }
  if (stuckItems > manyStuckItems) {
    const message = `${stuckItems} items have been under way for more than 24 hours`;
    dependencies.alert({ type: 'items_stuck', batchId: null, message });
  }
  const result = { restarted, recovered, stuckItems, muchTriedItems, longBatches: long.length };
  dependencies.measure(result);
  return result;
}

/** A batch that the store takes for open, and that no workflow works on. */
async function restartLost(dependencies: ReconcileDependencies): Promise<number> {
  const { store, workflows, now } = dependencies;
  let restarted = 0;
  for (const batchId of await store.batches.idsIn(['queued', 'running', 'paused', 'stopping'])) {
    const batch = await store.batches.find(batchId);
    if (batch === null || batch.state === 'ended') continue;
    const isFresh = batch.state === 'queued' && now() - Date.parse(batch.createdAt) < startPatienceMilliseconds;
    if (isFresh || (await workflows.isRunning(batchId))) continue;
    await workflows.start(batchId, batch.definition.limits);
    const message = 'its workflow was gone, and was begun anew';
    await store.events.append({ jobId: batchId, type: 'alert.batch_restarted', message });
    dependencies.alert({ type: 'batch_restarted', batchId, message });
    restarted += 1;
  }
  return restarted;
}

async function recoverOrphans({ store, model, now }: ReconcileDependencies, signal: AbortSignal): Promise<number> {
  let recovered = 0;
  for (const orphan of await store.batchHealth.orphans(orphansAtOnce)) {
    signal.throwIfAborted();
    const definition = await store.batches.definition(orphan.batchId);
    const response = await model.retrieve(orphan.responseId, definition.model, signal).catch(() => null);
    if (response?.status !== 'completed') continue;
    const verdict = judgeResponse(response, createOutputReader(definition.outputSchema));
    if (verdict.kind !== 'succeeded') continue;
    await store.batchHealth.recover(orphan, { output: verdict.output, usage: response.usage, now: now() });
    const message = `the answer of item ${orphan.position}, taken for lost, was found and recorded`;
    await store.events.append({ jobId: orphan.batchId, type: 'batch.item_recovered', message });
    recovered += 1;
  }
  return recovered;
}

/** An alert that stands is not repeated at every look. */
async function alertOnce(
  { store, alert }: ReconcileDependencies,
  what: Alert & { readonly batchId: string },
): Promise<void> {
  const type = `alert.${what.type}`;
  if (await store.events.has(what.batchId, type)) return;
  await store.events.append({ jobId: what.batchId, type, message: what.message });
  alert(what);
}

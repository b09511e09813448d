/**
 * Reconciles batches with Temporal: restarts workflows that are gone, and raises alerts for what it cannot repair and for
 * processes of the installation that died. Each alert is an event of its batch, a metric, a log line and a notification.
 */
import { counted } from '../../../workflows/contract/counted.ts';
import type { Logger } from '@temporalio/common';
import type { Alert } from '../../../store/platform/alerts.ts';
import type { Part } from '../../../store/platform/parts.ts';
import type { Stores } from '../../../store/store.ts';
import type { BatchLimits } from '../../../workflows/contract/batches/limits.ts';
import type { ReconcileFigures } from '../../../workflows/contract/batches/reconcile.ts';
import { sendAlerts } from '../../alerts/send-alerts.ts';
import type { Notifier } from '../../ports.ts';

export interface ReconcileDependencies {
  readonly stores: Stores;
  readonly now: () => number;
  readonly workflows: BatchWorkflows;
  /** Called with the figures of each run. */
  readonly measure: (figures: ReconcileFigures) => void;
  /** Alerts of what is no batch and no part. */
  readonly furtherAlerts: () => Promise<readonly Alert[]>;
  readonly notifiers: readonly Notifier[];
  readonly log: Pick<Logger, 'error' | 'warn' | 'info'>;
}

/** What the reconciliation needs from Temporal. */
export interface BatchWorkflows {
  isRunning(batchId: string): Promise<boolean>;
  /** Starts a batch's workflow; does nothing when it runs. */
  start(batchId: string, limits: BatchLimits): Promise<void>;
}

const hour = 3_600_000;
const day = 24 * hour;
const manyStuckItems = 100;
const manyAttempts = 5;
/** Longer than a batch usually takes (2 days) and than the provider redelivers events (3 days). */
const providerEventDays = 7;
/** When a sealed batch has no workflow after this time, its client died before starting it. */
const startPatienceMilliseconds = 60_000;

export async function reconcileBatches(
  dependencies: ReconcileDependencies,
  signal: AbortSignal,
): Promise<ReconcileFigures> {
  const { stores, now, measure } = dependencies;
  await stores.acrossTenants.providerEvents.discardBefore(now() - providerEventDays * day);
  // Before the restarts, which wait for Temporal: alerts must not be delayed by that.
  const figures = await raiseAlerts(dependencies, signal);
  let restarted = 0;
  try {
    await completeChanges(dependencies, signal);
    restarted = await restartLost(dependencies);
  } finally {
    measure({ restarted, ...figures });
  }
  return { restarted, ...figures };
}

/** Opens and closes alerts as the figures require, and sends their notifications. */
async function raiseAlerts(
  dependencies: ReconcileDependencies,
  signal: AbortSignal,
): Promise<Omit<ReconcileFigures, 'restarted'>> {
  const { stores, now, log, notifiers } = dependencies;
  const found = await lookForTrouble(dependencies);
  const alerts = [...alertsOf(found), ...(await dependencies.furtherAlerts())];
  const { standing, raised, over } = await stores.acrossTenants.alerts.settle(alerts, new Date(now()));
  for (const { type, batchId, message } of raised) log.error(`alert: ${message}`, { type, batchId });
  for (const key of over) log.info('an alert is over', { alert: key });
  const onFailure = (notifier: Notifier['name'], alert: Alert, error: unknown): void =>
    log.warn(`people could not be told of an alert by ${notifier}`, {
      type: alert.type,
      batchId: alert.batchId,
      error,
    });
  const unsent = await sendAlerts({ notifiers, now, onFailure }, standing, signal);
  const { stuckItems, muchTriedItems, longBatches } = found;
  return { stuckItems, muchTriedItems, longBatches: longBatches.length, alerts: standing.length, unsent };
}

interface Trouble {
  readonly stuckItems: number;
  readonly muchTriedItems: number;
  readonly longBatches: readonly string[];
  /** Processes of the installation that died within the last hour. */
  readonly deadParts: readonly Part[];
}

async function lookForTrouble({ stores, now }: ReconcileDependencies): Promise<Trouble> {
  const { batchHealth, parts } = stores.acrossTenants;
  const yesterday = now() - day;
  return {
    stuckItems: await batchHealth.stuckItems(yesterday),
    muchTriedItems: await batchHealth.muchTried(manyAttempts, yesterday),
    longBatches: await batchHealth.longBatches(new Date(yesterday)),
    deadParts: (await parts.list(new Date(now()))).filter(
      ({ lastDeath }) => lastDeath !== null && Date.parse(lastDeath.at) > now() - hour,
    ),
  };
}

/** The alerts of P20, P21 and P22, and of processes that died. */
function alertsOf({ stuckItems, muchTriedItems, longBatches, deadParts }: Trouble): readonly Alert[] {
  const alerts: Alert[] = longBatches.map((batchId) => ({
    type: 'batch_over_24_hours',
    batchId,
    message: `batch ${batchId} has run for more than 24 hours`,
  }));
  if (stuckItems > manyStuckItems) {
    const message = `${counted(stuckItems, 'item has', 'items have')} been under way for more than 24 hours`;
    alerts.push({ type: 'items_stuck', batchId: null, message });
  }
  if (muchTriedItems > 0) {
    const message = `${counted(muchTriedItems, 'item')} failed in the last 24 hours after ${manyAttempts} attempts or more`;
    alerts.push({ type: 'items_much_tried', batchId: null, message });
  }
  if (deadParts.length > 0) {
    const deaths = deadParts.map(({ name, lastDeath }) => `${name} ${lastDeath?.reason ?? 'died'}`);
    const message = `parts of the installation died in the last hour: ${deaths.join('; ')}`;
    alerts.push({ type: 'parts_died', batchId: null, message });
  }
  return alerts;
}

/** Completes what was begun with all items of a batch by a process that may have died. A batch that fails does not stop others. */
async function completeChanges({ stores, log }: ReconcileDependencies, signal: AbortSignal): Promise<void> {
  for (const { tenant, id } of await stores.acrossTenants.unfinishedBatches()) {
    signal.throwIfAborted();
    try {
      await stores.forTenant(tenant).batches.completeChange(id, signal);
    } catch (error) {
      signal.throwIfAborted();
      log.error('a change of a batch with all its items could not be completed', { batchId: id, error });
    }
  }
}

/** Restarts the workflow of a batch that is open in the store and has no running workflow. */
async function restartLost(dependencies: ReconcileDependencies): Promise<number> {
  const { stores, workflows, now } = dependencies;
  let restarted = 0;
  const open = await stores.acrossTenants.batchesIn(['queued', 'running', 'paused', 'stopping']);
  for (const { tenant, id: batchId } of open) {
    const store = stores.forTenant(tenant);
    const batch = await store.batches.find(batchId);
    if (batch === null || batch.state === 'ended') continue;
    const isFresh = batch.state === 'queued' && now() - Date.parse(batch.createdAt) < startPatienceMilliseconds;
    if (isFresh || (await workflows.isRunning(batchId))) continue;
    await workflows.start(batchId, batch.definition.limits);
    const message = 'its workflow was gone and was restarted';
    await store.events.append({ jobId: batchId, type: 'alert.batch_restarted', message });
    dependencies.log.error(`alert: ${message}`, { type: 'batch_restarted', batchId });
    restarted += 1;
  }
  return restarted;
}

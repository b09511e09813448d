/**
 * Starts accepted jobs, batches, experiments and redeliveries whose workflow has not begun: those of an outage of Temporal, and those of an API that
 * died between accepting and starting. Nothing accepted is lost, and starting twice is starting once. A request of a tool, for which
 * somebody waits, is not started late: it ends at its limit. Experiments that Temporal has lost are ended.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Stores } from '../../store/store.ts';
import { isStepBatch } from '../../workflows/contract/names.ts';
import type { BatchTemporal } from './batches/batch-temporal.ts';
import type { ExperimentTemporal } from './experiments/experiment-temporal.ts';
import { createLostExperiments } from './experiments/lost-experiments.ts';
import type { JobStarter } from './jobs/job-starter.ts';
import { TemporalUnreachable } from './temporal-calls.ts';
import { endUnstarted } from './tools/overdue.ts';

const everyMilliseconds = 5_000;
const lostEveryMilliseconds = 60_000;
/** A job accepted this recently is being started by the request that accepted it. */
const youngestMilliseconds = 10_000;
const batchSize = 100;

interface Outbox {
  readonly stores: Stores;
  readonly jobs: JobStarter;
  readonly batches: BatchTemporal;
  readonly experiments: ExperimentTemporal;
  readonly log: Logger;
}

export async function runOutbox(outbox: Outbox, signal: AbortSignal): Promise<void> {
  const lost = createLostExperiments(outbox.stores, outbox.experiments, outbox.log);
  let lostLookedForAt = Date.now();
  while (!signal.aborted) {
    try {
      await startLeftOver(outbox, new Date());
      await startQueuedBatches(outbox);
      await startRedeliveries(outbox);
      await startExperiments(outbox, new Date());
      await endUnstarted(outbox.stores, new Date());
      if (Date.now() - lostLookedForAt >= lostEveryMilliseconds) {
        lostLookedForAt = Date.now();
        await lost.end(new Date());
      }
    } catch (error) {
      // Temporal is away: that passes.
      if (!(error instanceof TemporalUnreachable)) {
        outbox.log.error({ error }, 'the outbox could not read what was accepted');
      }
    }
    await delay(everyMilliseconds, undefined, { signal }).catch(() => undefined);
  }
}

/** One round. A job that cannot be started keeps no other from starting. */
export async function startLeftOver(
  { stores, jobs, log }: Omit<Outbox, 'batches' | 'experiments'>,
  now: Date,
): Promise<void> {
  const before = new Date(now.getTime() - youngestMilliseconds);
  const left = await stores.acrossTenants.jobsNotHandedOver(before, batchSize);
  for (const { jobId, input } of left) {
    try {
      await jobs.start(jobId, input);
      await stores.forTenant(input.tenant).jobs.handedOver(jobId);
    } catch (error) {
      // Temporal is away: that passes, and the next round tries again.
      if (error instanceof TemporalUnreachable) return;
      log.error({ error, jobId }, 'an accepted job could not be started');
    }
  }
}

/** One round. A batch is `queued` until its workflow has opened it; a step's batch is begun by its job. */
export async function startQueuedBatches({
  stores,
  batches,
  log,
}: Omit<Outbox, 'jobs' | 'experiments'>): Promise<void> {
  for (const { tenant, id } of await stores.acrossTenants.batchesIn(['queued'])) {
    if (isStepBatch(id)) continue;
    try {
      const batch = await stores.forTenant(tenant).batches.find(id);
      if (batch !== null) await batches.start(batch);
    } catch (error) {
      if (error instanceof TemporalUnreachable) return;
      log.error({ error, batchId: id }, 'a sealed batch could not be started');
    }
  }
}

/** One round. A redelivery is asked for in the store first. */
export async function startRedeliveries({ stores, jobs, log }: Omit<Outbox, 'batches' | 'experiments'>): Promise<void> {
  for (const { tenant, ...redelivery } of await stores.acrossTenants.redeliveriesNotHandedOver(batchSize)) {
    try {
      await jobs.redeliver(redelivery, tenant);
      await stores.forTenant(tenant).deliveries.handedOver(redelivery);
    } catch (error) {
      if (error instanceof TemporalUnreachable) return;
      log.error({ error, redelivery }, 'a delivery could not be sent again');
    }
  }
}

/** One round. One that was cancelled before is started by nobody. */
export async function startExperiments(
  { stores, experiments, log }: Pick<Outbox, 'stores' | 'experiments' | 'log'>,
  now: Date,
): Promise<void> {
  const before = new Date(now.getTime() - youngestMilliseconds);
  for (const { tenant, id } of await stores.acrossTenants.experimentsNotHandedOver(before, batchSize)) {
    try {
      const store = stores.forTenant(tenant);
      const experiment = await store.experiments.find(id);
      if (experiment === null) continue;
      await experiments.start(experiment);
      await store.experiments.handedOver(id);
    } catch (error) {
      if (error instanceof TemporalUnreachable) return;
      log.error({ error, experimentId: id }, 'an accepted experiment could not be started');
    }
  }
}

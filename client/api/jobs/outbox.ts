/**
 * Starts accepted jobs, batches and redeliveries whose workflow has not begun: those of an outage of Temporal, and those of an API that
 * died between accepting and starting. Nothing accepted is lost, and starting twice is starting once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Store } from '../../../store/store.ts';
import { isStepBatch } from '../../../workflows/contract/names.ts';
import type { BatchTemporal } from '../batches/batch-temporal.ts';
import { tenant } from '../dependencies.ts';
import type { JobStarter } from './job-starter.ts';
import { TemporalUnreachable } from '../temporal-calls.ts';

const everyMilliseconds = 5_000;
/** A job accepted this recently is being started by the request that accepted it. */
const youngestMilliseconds = 10_000;
const batchSize = 100;

interface Outbox {
  readonly store: Store;
  readonly jobs: JobStarter;
  readonly batches: BatchTemporal;
  readonly log: Logger;
}

export async function runOutbox(outbox: Outbox, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await startLeftOver(outbox, new Date());
      await startQueuedBatches(outbox);
      await startRedeliveries(outbox);
    } catch (error) {
      outbox.log.error({ error }, 'the outbox could not read what was accepted');
    }
    await delay(everyMilliseconds, undefined, { signal }).catch(() => undefined);
  }
}

/** One round. A job that cannot be started keeps no other from starting. */
export async function startLeftOver({ store, jobs, log }: Omit<Outbox, 'batches'>, now: Date): Promise<void> {
  const left = await store.jobs.notHandedOver(new Date(now.getTime() - youngestMilliseconds), batchSize);
  for (const { jobId, input } of left) {
    try {
      await jobs.start(jobId, input);
      await store.jobs.handedOver(jobId);
    } catch (error) {
      // Temporal is away: that passes, and the next round tries again.
      if (error instanceof TemporalUnreachable) return;
      log.error({ error, jobId }, 'an accepted job could not be started');
    }
  }
}

/** One round. A batch is `queued` until its workflow has opened it; a step's batch is begun by its job. */
export async function startQueuedBatches({ store, batches, log }: Omit<Outbox, 'jobs'>): Promise<void> {
  for (const id of await store.batches.idsIn(['queued'])) {
    if (isStepBatch(id)) continue;
    try {
      const batch = await store.batches.find(id);
      if (batch !== null) await batches.start(batch);
    } catch (error) {
      if (error instanceof TemporalUnreachable) return;
      log.error({ error, batchId: id }, 'a sealed batch could not be started');
    }
  }
}

/** One round. A redelivery is asked for in the store first. */
export async function startRedeliveries({ store, jobs, log }: Omit<Outbox, 'batches'>): Promise<void> {
  for (const redelivery of await store.deliveries.notHandedOver(batchSize)) {
    try {
      await jobs.redeliver(redelivery, tenant);
      await store.deliveries.handedOver(redelivery);
    } catch (error) {
      if (error instanceof TemporalUnreachable) return;
      log.error({ error, redelivery }, 'a delivery could not be sent again');
    }
  }
}

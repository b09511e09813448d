/**
 * Starts accepted jobs whose workflow has not begun: those of an outage of Temporal, and those of an API that died
 * between accepting and starting. Nothing accepted is lost, and starting twice is starting once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Store } from '../../store/store.ts';
import { TemporalUnreachable, type JobStarter } from './job-starter.ts';

const everyMilliseconds = 5_000;
/** A job accepted this recently is being started by the request that accepted it. */
const youngestMilliseconds = 10_000;
const batchSize = 100;

interface Outbox {
  readonly store: Store;
  readonly jobs: JobStarter;
  readonly log: Logger;
}

export async function runOutbox(outbox: Outbox, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await startLeftOver(outbox, new Date());
    } catch (error) {
      outbox.log.error({ error }, 'the outbox could not read the accepted jobs');
    }
    await delay(everyMilliseconds, undefined, { signal }).catch(() => undefined);
  }
}

/** One round. A job that cannot be started keeps no other from starting. */
export async function startLeftOver({ store, jobs, log }: Outbox, now: Date): Promise<void> {
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

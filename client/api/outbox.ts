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

export async function runOutbox(request: {
  readonly store: Store;
  readonly jobs: JobStarter;
  readonly log: Logger;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { store, jobs, log, signal } = request;
  while (!signal.aborted) {
    try {
      const left = await store.jobs.notBegun(new Date(Date.now() - youngestMilliseconds), batchSize);
      for (const { jobId, input } of left) await jobs.start(jobId, input);
    } catch (error) {
      // Temporal is away, or the store is busy: both pass, and the next round tries again.
      if (!(error instanceof TemporalUnreachable)) log.error({ error }, 'the outbox could not start accepted jobs');
    }
    await delay(everyMilliseconds, undefined, { signal }).catch(() => undefined);
  }
}

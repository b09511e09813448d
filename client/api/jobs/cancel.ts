/** Asks a job to stop. A job that waits in the store only, because Temporal was away, ends at once. */
import type { Store } from '../../../store/store.ts';
import type { JobStarter } from './job-starter.ts';
import { ProblemError } from '../http/problem.ts';
import { TemporalUnreachable } from '../temporal-calls.ts';

export async function cancelJob(
  { store, jobs }: { readonly store: Store; readonly jobs: JobStarter },
  jobId: string,
): Promise<void> {
  const job = await store.jobViews.find(jobId);
  if (job === null) throw new ProblemError('not-found', `there is no job ${jobId}`);
  if (job.state === 'ended') throw new ProblemError('conflict', `the job has ended as ${job.outcome}`, { jobId });
  const found = await askToStop(jobs, jobId);
  await store.events.append({ jobId, type: 'job.cancel_requested', message: 'asked to stop' });
  if (found) return;
  const message = 'cancelled before it began';
  await store.jobs.close(jobId, 'cancelled', { type: 'cancelled', message }, new Date());
  await store.events.append({ jobId, type: 'job.ended', message });
}

async function askToStop(jobs: JobStarter, jobId: string): Promise<boolean> {
  try {
    return await jobs.cancel(jobId);
  } catch (error) {
    if (!(error instanceof TemporalUnreachable)) throw error;
    throw new ProblemError('temporal-unreachable', error.message, { jobId, retryAfterSeconds: 15 });
  }
}

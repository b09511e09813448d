/**
 * Asks a job to stop. One whose workflow has not begun ends in the store at once, whether or not Temporal has it: its
 * workflow finds that when it begins. A running job is cancelled at Temporal, and its workflow ends it in order.
 *
 * Each step is safe to repeat, and a process that dies between two of them leaves a job that has ended, or one that goes
 * on as if nobody had asked.
 */
import type { Store } from '../../../store/store.ts';
import type { JobStarter } from './job-starter.ts';
import { ProblemError } from '../http/problem.ts';
import { TemporalUnreachable } from '../temporal-calls.ts';

export async function cancelJob(
  { store, jobs, now }: { readonly store: Store; readonly jobs: JobStarter; readonly now: () => Date },
  jobId: string,
): Promise<void> {
  const job = await store.jobViews.find(jobId);
  if (job === null) throw new ProblemError('not-found', `there is no job ${jobId}`);
  if (job.state === 'ended') throw new ProblemError('conflict', `the job has ended as ${job.outcome}`, { jobId });
  const waiting = { from: ['accepted'], message: 'cancelled before it began', now: now() } as const;
  if (await store.jobs.cancel(jobId, waiting)) return;
  if (await askToStop(jobs, jobId)) {
    await store.jobs.recordCancelRequest(jobId);
    return;
  }
  // Unless it has ended since, Temporal has lost it, and nothing else would end it.
  const lost = {
    from: ['running', 'delivering'],
    message: 'Temporal does not run the job any more',
    now: now(),
  } as const;
  await store.jobs.cancel(jobId, lost);
}

async function askToStop(jobs: JobStarter, jobId: string): Promise<boolean> {
  try {
    return await jobs.cancel(jobId);
  } catch (error) {
    if (!(error instanceof TemporalUnreachable)) throw error;
    throw new ProblemError('temporal-unreachable', error.message, { jobId, retryAfterSeconds: 15 });
  }
}

/**
 * Passes a person's answer to a job. The job decides whether it accepts the answer; the store only shows the state
 * known so far.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../../../store/store.ts';
import type { ApprovalAnswer } from '../../../workflows/contract/computer-use/approvals.ts';
import type { ApprovalView } from '../../../workflows/contract/jobs/job-view.ts';
import type { AnswerTaken, JobStarter } from '../jobs/job-starter.ts';
import { ProblemError } from '../http/problem.ts';
import { JobUnattended, TemporalUnreachable } from '../temporal-calls.ts';

/** A question is in the store shortly before its job waits for the answer. */
const tries = 10;
const tryAgainMilliseconds = 200;

interface Answering {
  readonly store: Store;
  readonly jobs: JobStarter;
  readonly now: () => Date;
}

/** Returns the question in its new state. Throws `ProblemError` for an answer that is not accepted. */
export async function answerApproval(
  { store, jobs, now }: Answering,
  jobId: string,
  answer: ApprovalAnswer,
): Promise<ApprovalView> {
  const { requestId } = answer;
  refuseClosed(jobId, requestId, await store.approvals.find(jobId, requestId));
  let taken = await give(jobs, jobId, answer);
  for (let left = tries; taken.as === 'approval_unknown' && left > 0; left -= 1) {
    await delay(tryAgainMilliseconds);
    taken = await give(jobs, jobId, answer);
  }
  refuseNotTaken(jobId, taken);
  await store.approvals.decide(jobId, answer, now());
  const decided = await store.approvals.find(jobId, requestId);
  if (decided === null) throw notAsked(jobId, requestId);
  return decided;
}

function refuseClosed(jobId: string, requestId: string, asked: ApprovalView | null): void {
  if (asked === null) throw notAsked(jobId, requestId);
  const { state, decidedBy } = asked;
  if (state === 'open') return;
  if (state === 'expired') throw new ProblemError('expired', 'nobody answered in time', { jobId });
  const how = state === 'closed' ? 'its step has ended' : `it was ${state} by ${decidedBy}`;
  throw new ProblemError('conflict', `${requestId} is no longer asked: ${how}`, { jobId });
}

function refuseNotTaken(jobId: string, { as, message }: AnswerTaken): void {
  switch (as) {
    case 'taken':
      return;
    case 'approval_expired':
      throw new ProblemError('expired', message, { jobId });
    case 'approval_decided':
    case 'no_job':
      throw new ProblemError('conflict', message, { jobId });
    case 'approval_unknown':
      throw new ProblemError('no-worker', `the job does not wait for an answer yet: ${message}`, again(jobId));
  }
}

async function give(jobs: JobStarter, jobId: string, answer: ApprovalAnswer): Promise<AnswerTaken> {
  try {
    return await jobs.answer(jobId, answer);
  } catch (error) {
    if (error instanceof TemporalUnreachable)
      throw new ProblemError('temporal-unreachable', error.message, again(jobId));
    if (error instanceof JobUnattended) throw new ProblemError('no-worker', error.message, again(jobId));
    throw error;
  }
}

function again(jobId: string) {
  return { jobId, retryAfterSeconds: 15 };
}

function notAsked(jobId: string, requestId: string): ProblemError {
  return new ProblemError('not-found', `job ${jobId} asks nothing as ${requestId}`);
}

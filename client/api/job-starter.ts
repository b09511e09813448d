/** Starts and cancels jobs at Temporal, and gives them people's answers. Safe to repeat: a job's id is its workflow's id, and there is one of each. */
import {
  Client,
  Connection,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, TypedSearchAttributes } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { approvalRejections, type ApprovalAnswer, type ApprovalRejection } from '../../workflows/contract/approvals.ts';
import type { LeadMagnetJobInput } from '../../workflows/contract/job.ts';
import { decideApprovalUpdate } from '../../workflows/contract/messages.ts';
import { leadMagnetJobType, searchAttributes, taskQueue } from '../../workflows/contract/names.ts';

export interface JobStarter {
  /** Starts the job's workflow, or finds that it was started. Throws `TemporalUnreachable`. */
  start(jobId: string, input: LeadMagnetJobInput): Promise<void>;
  /** Asks a job to stop; it does so in order. False when Temporal runs no such job. Throws `TemporalUnreachable`. */
  cancel(jobId: string): Promise<boolean>;
  /** Gives a running job a person's answer. Throws `TemporalUnreachable` and `JobUnattended`. */
  answer(jobId: string, answer: ApprovalAnswer): Promise<AnswerTaken>;
  close(): Promise<void>;
}

/** How a job took an answer: why it could not, in the job's own words. */
export interface AnswerTaken {
  readonly as: 'taken' | 'no_job' | ApprovalRejection;
  readonly message: string;
}

/** Temporal has the job, but no worker serves it: nobody can say whether the answer will be taken. */
export class JobUnattended extends Error {
  override readonly name = 'JobUnattended';
}

export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable';
}

/** How long an answer may take before the caller is told that Temporal cannot be reached. */
const deadlineMilliseconds = 4_000;
/** The same for what a worker answers: after one was killed, Temporal keeps 10 s for it before it asks another. */
const answerDeadlineMilliseconds = 15_000;

export function createJobStarter(queuePrefix: string): JobStarter & { readonly namespace: string } {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = Connection.lazy(connectionOptions);
  const client = new Client({ connection, namespace });
  const address = connectionOptions.address ?? 'localhost:7233';
  const unreachable = (error: unknown): TemporalUnreachable => {
    const refusal = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
    if (!isGrpcServiceError(refusal)) throw error;
    return new TemporalUnreachable(`Temporal at ${address} does not answer: ${refusal.details}`, { cause: error });
  };
  /** Whether the call did something: false when it found the job started already, or gone. */
  const within = async (call: () => Promise<unknown>): Promise<boolean> => {
    try {
      await connection.withDeadline(Date.now() + deadlineMilliseconds, call);
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError || error instanceof WorkflowNotFoundError) return false;
      throw unreachable(error);
    }
  };
  /** An answer that waits in vain: Temporal is away, or it is there and no worker is. */
  const whyNotTaken = async (jobId: string, error: unknown): Promise<JobUnattended> => {
    const found = await within(() => client.workflow.getHandle(jobId).describe());
    if (!found) throw error;
    const message = 'no worker answered for the job in time; the answer may still be taken when one is back';
    return new JobUnattended(message, { cause: error });
  };

  return {
    namespace,
    async start(jobId, input) {
      await within(async () => {
        await client.workflow.start(leadMagnetJobType, {
          workflowId: jobId,
          taskQueue: taskQueue(queuePrefix, 'jobs'),
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          // No time-out here: the job keeps its own, and one that waits for a worker must not be lost.
          staticSummary: `${input.definition.name} (version ${input.version})`,
          typedSearchAttributes: new TypedSearchAttributes([
            { key: searchAttributes.tenant, value: input.tenant },
            { key: searchAttributes.leadMagnet, value: input.definition.slug },
            { key: searchAttributes.state, value: 'accepted' },
          ]),
          priority: { fairnessKey: input.tenant },
        });
      });
    },
    cancel: (jobId) =>
      within(async () => {
        await client.workflow.getHandle(jobId).cancel();
      }),
    async answer(jobId, answer) {
      const { requestId, decision } = answer;
      // The same answer sent again is the same update: it is taken once.
      const updateId = `${requestId}/${decision}`;
      const give = (): Promise<void> =>
        client.workflow
          .getHandle(jobId)
          .executeUpdate<void, [ApprovalAnswer]>(decideApprovalUpdate, { args: [answer], updateId });
      try {
        await connection.withDeadline(Date.now() + answerDeadlineMilliseconds, give);
        return { as: 'taken', message: '' };
      } catch (error) {
        if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw await whyNotTaken(jobId, error);
        return rejectionIn(error) ?? Promise.reject(unreachable(error));
      }
    },
    async close() {
      await connection.close();
    },
  };
}

/** Why a job did not take an answer; undefined when that is not what went wrong. */
function rejectionIn(error: unknown): AnswerTaken | undefined {
  if (error instanceof WorkflowNotFoundError) return { as: 'no_job', message: 'the job has ended' };
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) return undefined;
  const { type, message } = error.cause;
  const as = approvalRejections.find((known) => known === type);
  return as === undefined ? undefined : { as, message };
}

/**
 * Starts and cancels jobs at Temporal, and passes people's answers to them. Safe to repeat: a job's id is its
 * workflow's id, and only one can exist.
 */
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, TypedSearchAttributes } from '@temporalio/common';
import {
  approvalRejections,
  type ApprovalAnswer,
  type ApprovalRejection,
} from '../../../workflows/contract/computer-use/approvals.ts';
import type { LeadMagnetJobInput, RedeliveryInput } from '../../../workflows/contract/jobs/job.ts';
import { decideApprovalUpdate } from '../../../workflows/contract/jobs/messages.ts';
import {
  leadMagnetJobType,
  redeliveryId,
  redeliveryType,
  searchAttributes,
  taskQueue,
} from '../../../workflows/contract/names.ts';
import type { TemporalCalls } from '../temporal-calls.ts';

export interface JobStarter {
  /** Starts the job's workflow, or finds that it was started. Throws `TemporalUnreachable`. */
  start(jobId: string, input: LeadMagnetJobInput): Promise<void>;
  /** Starts sending a delivery again, or finds that this was started. Throws `TemporalUnreachable`. */
  redeliver(redelivery: RedeliveryInput, tenant: string): Promise<void>;
  /** Asks a job to stop in order. False when Temporal runs no such job. Throws `TemporalUnreachable`. */
  cancel(jobId: string): Promise<boolean>;
  /** Passes a person's answer to a running job. Throws `TemporalUnreachable` and `JobUnattended`. */
  answer(jobId: string, answer: ApprovalAnswer): Promise<AnswerTaken>;
}

/** The job's reaction to an answer: why it was not accepted, in the job's own words. */
export interface AnswerTaken {
  readonly as: 'taken' | 'no_job' | ApprovalRejection;
  readonly message: string;
}

export function createJobStarter(
  { client, within, answered, whyNotTaken, unreachable }: TemporalCalls,
  queuePrefix: string,
): JobStarter {
  return {
    async start(jobId, input) {
      await within(async () => {
        await client.workflow.start(leadMagnetJobType, {
          workflowId: jobId,
          taskQueue: taskQueue(queuePrefix, 'jobs'),
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          // No time-out: the job has its own, and a job that waits for a worker must not be lost.
          staticSummary: `${input.definition.name} (version ${input.version})`,
          typedSearchAttributes: new TypedSearchAttributes([
            { key: searchAttributes.tenant, value: input.tenant },
            { key: searchAttributes.leadMagnet, value: input.definition.slug },
            // The workflow of an earlier revision sets `running` itself.
            { key: searchAttributes.state, value: (input.revision ?? 1) < 3 ? 'accepted' : 'running' },
          ]),
          priority: { fairnessKey: input.tenant },
        });
      });
    },
    async redeliver(redelivery, tenant) {
      const { jobId, deliveryId, number } = redelivery;
      await within(async () => {
        await client.workflow.start(redeliveryType, {
          workflowId: redeliveryId(jobId, deliveryId, number),
          taskQueue: taskQueue(queuePrefix, 'jobs'),
          args: [redelivery],
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          staticSummary: `${deliveryId} of ${jobId}, sent again`,
          typedSearchAttributes: new TypedSearchAttributes([
            { key: searchAttributes.tenant, value: tenant },
            { key: searchAttributes.state, value: 'delivering' },
          ]),
          priority: { fairnessKey: tenant },
        });
      });
    },
    cancel: (jobId) =>
      within(async () => {
        await client.workflow.getHandle(jobId).cancel();
      }),
    async answer(jobId, answer) {
      const { requestId, decision } = answer;
      // The same answer sent again is the same update: it is accepted once.
      const updateId = `${requestId}/${decision}`;
      const give = (): Promise<void> =>
        client.workflow
          .getHandle(jobId)
          .executeUpdate<void, [ApprovalAnswer]>(decideApprovalUpdate, { args: [answer], updateId });
      try {
        await answered(give);
        return { as: 'taken', message: '' };
      } catch (error) {
        if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw await whyNotTaken(jobId, error);
        return rejectionIn(error) ?? Promise.reject(unreachable(error));
      }
    },
  };
}

/** Why a job did not accept an answer; undefined for any other error. */
function rejectionIn(error: unknown): AnswerTaken | undefined {
  if (error instanceof WorkflowNotFoundError) return { as: 'no_job', message: 'the job has ended' };
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) return undefined;
  const { type, message } = error.cause;
  const as = approvalRejections.find((known) => known === type);
  return as === undefined ? undefined : { as, message };
}

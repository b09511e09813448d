/**
 * Passes people's answers to the workflow that waits for them. One that was lost is started with the answer: the proposal
 * itself is in the store.
 */
import {
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { decideProposalUpdate, proposalClosed } from '../../../workflows/contract/limits/messages.ts';
import {
  limitsProposalId,
  limitsProposalType,
  type DecideResult,
  type OpenProposal,
  type ProposalAnswer,
} from '../../../workflows/contract/limits/tuning.ts';
import { taskQueue } from '../../../workflows/contract/names.ts';
import type { TemporalCalls } from '../temporal-calls.ts';

export interface LimitsTemporal {
  /** Throws `TemporalUnreachable` and `JobUnattended`. */
  answer(open: OpenProposal, answer: ProposalAnswer): Promise<ProposalTaken>;
}

/** Why an answer was not accepted, where it was not. */
export type ProposalTaken = { readonly as: 'taken' } | { readonly as: 'closed'; readonly message: string };

export function createLimitsTemporal(
  { client, answered, whyNotTaken, unreachable }: TemporalCalls,
  queuePrefix: string,
): LimitsTemporal {
  return {
    async answer(open, answer) {
      const workflowId = limitsProposalId(queuePrefix, open.proposal);
      const startWorkflowOperation = new WithStartWorkflowOperation(limitsProposalType, {
        workflowId,
        taskQueue: taskQueue(queuePrefix, 'jobs'),
        args: [open],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: `proposal ${open.proposal} of limits`,
      });
      const give = (): Promise<DecideResult> =>
        client.workflow.executeUpdateWithStart(decideProposalUpdate, {
          args: [answer],
          // The same answer sent again is the same update.
          updateId: answer.decision,
          startWorkflowOperation,
        });
      try {
        const { as, state } = await answered(give);
        return as === 'taken' ? { as } : { as, message: `it is ${state}` };
      } catch (error) {
        if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw await whyNotTaken(workflowId, error);
        if (isOver(error)) return { as: 'closed', message: 'it is no longer asked' };
        return rejectionIn(error) ?? Promise.reject(unreachable(error));
      }
    },
  };
}

function isOver(error: unknown): boolean {
  return error instanceof WorkflowExecutionAlreadyStartedError || error instanceof WorkflowNotFoundError;
}

function rejectionIn(error: unknown): ProposalTaken | undefined {
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) return undefined;
  const { type, message } = error.cause;
  return type === proposalClosed ? { as: 'closed', message } : undefined;
}

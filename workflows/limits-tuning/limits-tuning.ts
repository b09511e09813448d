/**
 * One look of the tuning of limits, started by a schedule. All state is in the store, so that a trial of days outlives each
 * look and every worker: a version that is being tried is judged; otherwise a new one may be proposed.
 */
import { ParentClosePolicy, proxyActivities, setCurrentDetails, startChild, workflowInfo } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { activityOptions } from '../activity-options.ts';
import {
  limitsProposalId,
  limitsProposalType,
  type LimitsTuningActivities,
  type OpenProposal,
  type TuningResult,
} from '../contract/limits/tuning.ts';
import { queuePrefixOf } from '../contract/names.ts';
import type { limitsProposal } from './limits-proposal.ts';

export async function limitsTuning(): Promise<TuningResult> {
  const options = activityOptions({ kind: 'limits_tuning', queue: 'jobs', summary: 'tune limits' });
  const { guardLimits, proposeLimits } = proxyActivities<LimitsTuningActivities>(options);
  const guard = await guardLimits();
  const proposal = guard.state === 'none' ? await proposeLimits() : null;
  if (proposal?.open != null) await ask(proposal.open);
  const result = { guard, proposal };
  setCurrentDetails(JSON.stringify(result));
  return result;
}

/** Starts what waits for the answer; it outlives this look. One that was lost is started again by the next look. */
async function ask(open: OpenProposal): Promise<void> {
  try {
    await startChild<typeof limitsProposal>(limitsProposalType, {
      workflowId: limitsProposalId(queuePrefixOf(workflowInfo().taskQueue), open.proposal),
      args: [open],
      staticSummary: `proposal ${open.proposal} of limits`,
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Updates that clients send to a running job. Safe in the workflow sandbox; clients import it too. */
import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { ApprovalAnswer } from '../computer-use/approvals.ts';
import type { StepSummary } from './job.ts';
import type { JobState } from './states.ts';

export interface JobStatus {
  readonly state: JobState;
  readonly steps: readonly StepSummary[];
}

export const jobStatusQuery = defineQuery<JobStatus>('jobStatus');

/**
 * A person's answer to a question of the job; rejected with a type of `approvalRejections` when it cannot be accepted.
 */
export const decideApprovalUpdate = defineUpdate<void, [ApprovalAnswer]>('decideApproval');

/** What clients ask a running job. Safe in the workflow sandbox; clients import it too. */
import { defineQuery } from '@temporalio/workflow';
import type { StepSummary } from './job.ts';
import type { JobState } from './states.ts';

export interface JobStatus {
  readonly state: JobState;
  readonly steps: readonly StepSummary[];
}

export const jobStatusQuery = defineQuery<JobStatus>('jobStatus');

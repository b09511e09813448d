/** The metrics of jobs: how they end, and how long they take. The workflow tells them, since it knows of every end. */
import { metricMeter } from '@temporalio/workflow';
import type { Reason } from '../contract/failures.ts';
import type { JobOutcome } from '../contract/jobs/states.ts';

/** A replay does not count again. */
export function measureJobEnd(submittedAt: string, outcome: JobOutcome, reason: Reason | null): void {
  metricMeter
    .createCounter('lodestone_jobs', 'jobs', 'ended jobs, by outcome and reason')
    .add(1, { outcome, reason: reason?.type ?? 'none' });
  metricMeter
    .createHistogram('lodestone_job_duration', 'float', 's', 'jobs from their submission to their end')
    .record(Math.max(0, Date.now() - Date.parse(submittedAt)) / 1000, { outcome });
}

/**
 * The records of a job in the store. They are retried however long the store is away, because nothing else records the
 * job's end.
 */
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { activityOptions, localActivityOptions } from './activity-options.ts';
import type { JobActivities, LeadMagnetJobInput } from './contract/jobs/job.ts';

export function recordsOf({
  revision,
}: LeadMagnetJobInput): Pick<JobActivities, 'openJob' | 'closeJob' | 'endDelivery'> {
  return revision === undefined
    ? proxyActivities<JobActivities>(activityOptions({ kind: 'record', queue: 'jobs', summary: 'record of the job' }))
    : proxyLocalActivities<JobActivities>(localActivityOptions('record'));
}

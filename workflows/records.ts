/** The records of a job in the store. Written however long the store is away: nothing else can tell what became of it. */
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

/**
 * Lets the counter of jobs that reach their time limit begin at 0. A counter that appears with its first event has not increased for
 * Prometheus, and the alert of that event would be lost.
 */
import type { MetricMeter } from '@temporalio/common';
import { leadMagnetJobType, taskQueue } from '../../workflows/contract/names.ts';

/** The tags are those that the SDK adds to what a workflow counts. */
export function startJobsAtZero(meter: MetricMeter, namespace: string, queuePrefix: string): void {
  meter
    .withTags({ namespace, taskQueue: taskQueue(queuePrefix, 'jobs'), workflowType: leadMagnetJobType })
    .createCounter('lodestone_jobs', 'jobs', 'ended jobs, by outcome and reason')
    .add(0, { outcome: 'timed_out', reason: 'job_time_limit' });
}

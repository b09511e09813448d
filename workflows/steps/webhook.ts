/** Runs a webhook step: one signed HTTP call, repeated under the same idempotency key. */
import { proxyActivities } from '@temporalio/workflow';
import { jobActivityOptions, type JobWithLimits } from '../activity-options.ts';
import type { JobActivities, StepActivityInput, StepActivityResult } from '../contract/jobs/job.ts';
import type { WebhookStep } from '../contract/lead-magnets/lead-magnet.ts';

export async function runWebhookStep(
  input: StepActivityInput<WebhookStep>,
  job: JobWithLimits,
): Promise<StepActivityResult> {
  const { step } = input;
  const summary = `${step.title ?? step.id}: webhook`;
  const options = jobActivityOptions(job, { kind: 'webhook', queue: 'jobs', summary, own: step.limits });
  return proxyActivities<JobActivities>(options).runWebhook(input);
}

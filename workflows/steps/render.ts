/** Runs a render step: Markdown in, HTML and PDF out; a repetition replaces the same artifacts. */
import { proxyActivities } from '@temporalio/workflow';
import { jobActivityOptions, type JobWithLimits } from '../activity-options.ts';
import type { JobActivities, StepActivityInput, StepActivityResult } from '../contract/jobs/job.ts';
import type { RenderStep } from '../contract/lead-magnets/lead-magnet.ts';

export async function runRenderStep(
  input: StepActivityInput<RenderStep>,
  job: JobWithLimits,
): Promise<StepActivityResult> {
  const { step } = input;
  const summary = `${step.title ?? step.id}: render`;
  const options = jobActivityOptions(job, { kind: 'render', queue: 'jobs', summary, own: step.limits });
  return proxyActivities<JobActivities>(options).runRender(input);
}

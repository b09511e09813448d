/** Runs a render step: Markdown in, HTML and PDF out; a repetition replaces the same artifacts. */
import { proxyActivities } from '@temporalio/workflow';
import { activityOptions } from '../activity-options.ts';
import type { JobActivities, StepActivityInput, StepActivityResult } from '../contract/jobs/job.ts';
import type { RenderStep } from '../contract/lead-magnets/lead-magnet.ts';

export async function runRenderStep(input: StepActivityInput<RenderStep>): Promise<StepActivityResult> {
  const { step } = input;
  const summary = `${step.title ?? step.id}: render`;
  const options = activityOptions({ kind: 'render', queue: 'jobs', summary, overrides: step.limits });
  return proxyActivities<JobActivities>(options).runRender(input);
}

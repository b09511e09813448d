/** Runs an AI step: one activity that waits for a background response and re-attaches after a crash. */
import { proxyActivities } from '@temporalio/workflow';
import { jobActivityOptions, type JobWithLimits } from '../activity-options.ts';
import type { LlmActivities, StepActivityInput, StepActivityResult } from '../contract/jobs/job.ts';
import type { AiStep } from '../contract/lead-magnets/lead-magnet.ts';

/** What the step needs from its job. */
export interface JobWithAiQueue extends JobWithLimits {
  readonly aiQueue: 'jobs' | 'llm';
}

export async function runAiStep(input: StepActivityInput<AiStep>, job: JobWithAiQueue): Promise<StepActivityResult> {
  const { step } = input;
  const summary = `${step.title ?? step.id}: AI`;
  const options = jobActivityOptions(job, { kind: 'ai', queue: job.aiQueue, summary, own: step.limits });
  return proxyActivities<LlmActivities>(options).runAi(input);
}

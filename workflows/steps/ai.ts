/** Runs an AI step: one activity that waits for a background response and re-attaches after a crash. */
import { proxyActivities } from '@temporalio/workflow';
import { activityOptions } from '../activity-options.ts';
import type { LlmActivities, StepActivityInput, StepActivityResult } from '../contract/jobs/job.ts';
import type { AiStep } from '../contract/lead-magnets/lead-magnet.ts';

export async function runAiStep(input: StepActivityInput<AiStep>, queue: 'jobs' | 'llm'): Promise<StepActivityResult> {
  const { step } = input;
  const summary = `${step.title ?? step.id}: AI`;
  const options = activityOptions({ kind: 'ai', queue, summary, overrides: step.limits });
  return proxyActivities<LlmActivities>(options).runAi(input);
}

/** Runs a code step: one activity on the queue of the sandbox, repeated when its worker dies, since code has no effect outside. */
import { proxyActivities } from '@temporalio/workflow';
import { jobActivityOptions, type JobWithLimits } from '../activity-options.ts';
import type { SandboxActivities, StepActivityInput, StepActivityResult } from '../contract/jobs/job.ts';
import type { CodeStep } from '../contract/lead-magnets/code-step.ts';

export async function runCodeStep(input: StepActivityInput<CodeStep>, job: JobWithLimits): Promise<StepActivityResult> {
  const { step } = input;
  const summary = `${step.title ?? step.id}: ${step.language}`;
  const options = jobActivityOptions(job, {
    kind: 'code',
    queue: 'sandbox',
    summary,
    own: step.limits,
    innerSeconds: step.sandbox.seconds,
  });
  return proxyActivities<SandboxActivities>(options).runCode(input);
}

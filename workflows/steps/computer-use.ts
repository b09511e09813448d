/** How the workflow runs a computer-use step: one heartbeating activity that owns the browser and the loop. */
import { proxyActivities } from '@temporalio/workflow';
import { activityOptions } from '../activity-options.ts';
import type { BrowserActivities, StepActivityInput, StepActivityResult } from '../contract/job.ts';
import type { ComputerUseStep } from '../contract/lead-magnet.ts';

export async function runComputerUseStep(input: StepActivityInput<ComputerUseStep>): Promise<StepActivityResult> {
  const { step } = input;
  // A dead worker is noticed within the heartbeat timeout; the next attempt goes on from the checkpoint.
  const options = activityOptions({
    kind: 'computer_use',
    queue: 'browser',
    summary: `${step.title ?? step.id}: computer use`,
    overrides: step.limits,
    budgetSeconds: step.budget.seconds,
  });
  return proxyActivities<BrowserActivities>(options).runComputerUse(input);
}

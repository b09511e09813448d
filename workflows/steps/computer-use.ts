/**
 * Runs a computer-use step: one heartbeating activity that owns the browser and the loop. To ask a person it ends, the
 * workflow waits with no activity running, and another activity continues from the checkpoint.
 */
import { proxyActivities } from '@temporalio/workflow';
import { jobActivityOptions, type JobWithLimits } from '../activity-options.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../contract/computer-use/approvals.ts';
import type {
  BrowserActivities,
  StepActivityInput,
  StepActivityResult,
  StepResumption,
  StepSuspension,
} from '../contract/jobs/job.ts';
import type { ComputerUseStep } from '../contract/lead-magnets/lead-magnet.ts';

/** What the step needs from its job. */
export interface AskingJob extends JobWithLimits {
  /** Waits for a person's answer; null when nobody answered in time. */
  ask(stepId: string, request: ApprovalRequest): Promise<ApprovalAnswer | null>;
  /** The input of the activity that continues where an earlier one ended. */
  goingOn(input: StepActivityInput, resumption: StepResumption): StepActivityInput;
}

export async function runComputerUseStep(
  input: StepActivityInput<ComputerUseStep>,
  job: AskingJob,
): Promise<StepActivityResult> {
  const { step } = input;
  // A dead worker is noticed within the heartbeat time-out; the next attempt continues from the checkpoint.
  const options = jobActivityOptions(job, {
    kind: 'computer_use',
    queue: 'browser',
    summary: `${step.title ?? step.id}: computer use`,
    own: step.limits,
    budgetSeconds: step.budget.seconds,
  });
  const { runComputerUse } = proxyActivities<BrowserActivities>(options);
  let result = await runComputerUse(input);
  while (result.state === 'awaiting_approval') {
    const answer = await job.ask(step.id, result.approval);
    if (answer === null) return expired(result);
    const { callId, url, screenshot } = result.approval;
    const decision = { ...answer, callId, url, screenshotSha256: screenshot.sha256 };
    result = await runComputerUse(job.goingOn(input, { decision, attemptsBefore: result.attempts }));
  }
  return result;
}

/** The end of a step whose question nobody answered, with its result so far. */
function expired({ approval, ...result }: StepSuspension): StepActivityResult {
  const message = `nobody answered within ${approval.expiresAfterSeconds} s: ${approval.question}`;
  return { ...result, state: 'timed_out', reason: { type: 'approval_expired', message } };
}

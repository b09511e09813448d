/**
 * Runs a tool step: an activity accepts the request, a child workflow answers it within its layers of limits, and another
 * activity builds the step's output. A job that stops cancels the request, and still records what was paid and answered.
 */
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
} from '@temporalio/workflow';
import { jobActivityOptions, type JobWithLimits } from '../activity-options.ts';
import type { StepActivityInput, StepRunResult, ToolStepActivities } from '../contract/jobs/job.ts';
import type { ToolStep } from '../contract/lead-magnets/lead-magnet.ts';
import { searchAttributes } from '../contract/names.ts';
import { toolRequestType, type ToolRequestInput } from '../contract/tools/tool-request.ts';
import type { toolRequest } from '../tools/tool-request.ts';
import type { FollowingJob } from './batch.ts';

/** What the step needs from its job. */
export interface AskingToolJob extends FollowingJob {
  readonly aiQueue: 'jobs' | 'llm';
}

export async function runToolStep(input: StepActivityInput<ToolStep>, job: AskingToolJob): Promise<StepRunResult> {
  const { step } = input;
  const scope = CancellationScope.current();
  const accepted = await activities(step, job, 'accept the request').prepareToolStep(input);
  await runRequest({ ...accepted, tenant: input.job.tenant, tool: step.tool, queue: job.aiQueue });
  const result = await CancellationScope.nonCancellable(() =>
    activities(step, job, 'collect the answer').collectToolStep(job.followUp(input)),
  );
  if (!scope.consideredCancelled) return result;
  return { ...result, state: 'cancelled', reason: { type: 'cancelled', message: 'the job was stopped' } };
}

/** Returns when the request has ended, including after a cancellation, which ends it in order. */
async function runRequest(input: ToolRequestInput): Promise<void> {
  try {
    await executeChild<typeof toolRequest>(toolRequestType, {
      workflowId: input.requestId,
      args: [input],
      staticSummary: input.tool,
      typedSearchAttributes: [{ key: searchAttributes.tenant, value: input.tenant }],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    });
  } catch (error) {
    // It was cancelled before its first task: nothing was asked.
    if (!isCancellation(error)) throw error;
  }
}

function activities(step: ToolStep, job: JobWithLimits, doing: string): ToolStepActivities {
  const summary = `${step.title ?? step.id}: ${doing}`;
  return proxyActivities<ToolStepActivities>(
    jobActivityOptions(job, { kind: 'tool', queue: 'jobs', summary, own: step.limits }),
  );
}

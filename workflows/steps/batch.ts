/**
 * Runs a batch step: an activity stores the items, a child workflow answers them, and another activity builds the
 * step's output. A job that stops cancels the batch, and still records its cost and its results.
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
import { llmBatchType, type LlmBatchInput } from '../contract/batches/batch.ts';
import type { BatchStepActivities, StepActivityInput, StepBatch, StepRunResult } from '../contract/jobs/job.ts';
import type { BatchStep } from '../contract/lead-magnets/lead-magnet.ts';
import type { llmBatch } from '../batches/llm-batch.ts';

/** What the step needs from its job. */
export interface FollowingJob extends JobWithLimits {
  /** The input of a further activity of the same step. */
  followUp(input: StepActivityInput): StepActivityInput;
}

export async function runBatchStep(input: StepActivityInput<BatchStep>, job: FollowingJob): Promise<StepRunResult> {
  const { step } = input;
  const scope = CancellationScope.current();
  const batch = await activities(step, job, 'store the items').prepareBatchStep(input);
  await runBatch(batch);
  const result = await CancellationScope.nonCancellable(() =>
    activities(step, job, 'collect the results').collectBatchStep(job.followUp(input)),
  );
  if (!scope.consideredCancelled) return result;
  return { ...result, state: 'cancelled', reason: { type: 'cancelled', message: 'the job was stopped' } };
}

/** Returns when the batch has ended, including after a cancellation, which ends it in order. */
async function runBatch({ batchId, limits, summary }: StepBatch): Promise<void> {
  const input: LlmBatchInput = { batchId, limits, startPaused: false, endsAtCap: true };
  try {
    await executeChild<typeof llmBatch>(llmBatchType, {
      workflowId: batchId,
      args: [input],
      staticSummary: summary,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    });
  } catch (error) {
    // It was cancelled before its first task: nothing was submitted.
    if (!isCancellation(error)) throw error;
  }
}

function activities(step: BatchStep, job: JobWithLimits, doing: string): BatchStepActivities {
  const summary = `${step.title ?? step.id}: ${doing}`;
  return proxyActivities<BatchStepActivities>(
    jobActivityOptions(job, { kind: 'batch', queue: 'jobs', summary, own: step.limits }),
  );
}

/**
 * Runs one step by its kind and turns its result into an ending. Only Temporal's failures are caught: any other error
 * is a bug of ours, and stalls the workflow task instead of failing the job.
 */
import { CancelledFailure, isCancellation, TemporalFailure } from '@temporalio/workflow';
import type { StepActivityInput, StepRunResult } from '../contract/jobs/job.ts';
import { noUsage } from '../contract/usage.ts';
import { reasonOf } from '../failure-reason.ts';
import { runAiStep } from './ai.ts';
import { runCodeStep } from './code.ts';
import { runBatchStep, type FollowingJob } from './batch.ts';
import { runComputerUseStep, type AskingJob } from './computer-use.ts';
import { runRenderStep } from './render.ts';
import { runToolStep, type AskingToolJob } from './tool.ts';
import { runWebhookStep } from './webhook.ts';

/** What running a step needs from its job. */
export interface StepJob extends AskingJob, FollowingJob, AskingToolJob {}

export async function runStep(input: StepActivityInput, job: StepJob): Promise<StepRunResult> {
  try {
    return await runByKind(input, job);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const nothing = { output: null, artifacts: [], usage: noUsage, attempts: 0, iterations: 0, recoveryLevel: null };
    if (error instanceof CancelledFailure || isCancellation(error)) {
      return { ...nothing, state: 'cancelled', reason: { type: 'cancelled', message: 'the job was stopped' } };
    }
    const reason = reasonOf(error);
    return { ...nothing, state: reason.type.startsWith('timeout_') ? 'timed_out' : 'failed', reason };
  }
}

async function runByKind(input: StepActivityInput, job: StepJob): Promise<StepRunResult> {
  const { step } = input;
  switch (step.kind) {
    case 'computer_use':
      return runComputerUseStep({ ...input, step }, job);
    case 'ai':
      return runAiStep({ ...input, step }, job);
    case 'webhook':
      return runWebhookStep({ ...input, step }, job);
    case 'render':
      return runRenderStep({ ...input, step }, job);
    case 'batch':
      return runBatchStep({ ...input, step }, job);
    case 'tool':
      return runToolStep({ ...input, step }, job);
    case 'code':
      return runCodeStep({ ...input, step }, job);
  }
}

/** Converts a failure of Temporal in an experiment to the experiment's own: what ended it, in which phase. */
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  TimeoutFailure,
  type TemporalFailure,
} from '@temporalio/workflow';
import type {
  ExperimentFailure,
  ExperimentFailureType,
  ExperimentInput,
  ExperimentPhase,
} from '../contract/experiments/experiment.ts';
import type { ExperimentLimits } from '../contract/experiments/limits.ts';
import { reasonOf } from '../failure-reason.ts';

export function failureOf(
  error: TemporalFailure,
  phase: ExperimentPhase,
  { limits, gpu }: Pick<ExperimentInput, 'limits' | 'gpu'>,
): ExperimentFailure {
  const failed = { phase, line: null };
  if (isCancellation(error)) return { ...failed, ...cancelled };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (isTimeoutOfStart(error)) {
    const isOfGpu = gpu !== 'none' && (phase === 'encode' || phase === 'decode');
    const what = isOfGpu ? 'no worker with a GPU' : 'no worker';
    return { ...failed, type: 'no_worker', message: `${what} took it within ${limits.waitSeconds} s` };
  }
  if (phase === 'write' && cause instanceof ApplicationFailure && cause.type?.startsWith('model_') === true) {
    return { ...failed, type: 'model', message: cause.message };
  }
  return { ...failed, type: 'installation', message: reasonOf(error).message };
}

export function cancelledIn(phase: ExperimentPhase): ExperimentFailure {
  return { phase, line: null, ...cancelled };
}

export function totalTimeUp(phase: ExperimentPhase, { totalSeconds }: ExperimentLimits): ExperimentFailure {
  const message = `the phases of the experiment took ${totalSeconds} s together, the limit of the whole`;
  return { phase, type: 'total_time_limit', message, line: null };
}

export function noGpuWorker(phase: ExperimentPhase): ExperimentFailure {
  return { phase, type: 'no_worker', message: 'there is no worker with a GPU', line: null };
}

/** No worker took an activity in time. */
export function isTimeoutOfStart(error: TemporalFailure): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START';
}

/** What is not of the code of one round: no further round would end better. */
const endTypes: readonly ExperimentFailureType[] = ['cancelled', 'total_time_limit', 'no_worker', 'installation'];

/** Whether the failure of a round ends the whole experiment. */
export function endsExperiment({ type }: ExperimentFailure): boolean {
  return endTypes.includes(type);
}

const cancelled = { type: 'cancelled', message: 'the experiment was cancelled' } as const;

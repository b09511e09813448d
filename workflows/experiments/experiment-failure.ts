/** Converts a failure of Temporal in an experiment to the experiment's own: what ended it, in which phase. */
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  TimeoutFailure,
  type TemporalFailure,
} from '@temporalio/workflow';
import type { ExperimentFailure, ExperimentPhase, GpuUse } from '../contract/experiments/experiment.ts';
import type { ExperimentLimits } from '../contract/experiments/limits.ts';
import { reasonOf } from '../failure-reason.ts';

/** What is known when an experiment is cut off. */
export interface CutFacts {
  readonly limits: ExperimentLimits;
  readonly gpu: GpuUse;
  phase: ExperimentPhase;
  isTimeUp: boolean;
}

export function failureOf(error: TemporalFailure, { limits, gpu, phase, isTimeUp }: CutFacts): ExperimentFailure {
  const failed = { phase, line: null };
  if (isTimeUp) {
    const message = `the experiment was cut off after ${limits.totalSeconds} s, the limit of the whole`;
    return { ...failed, type: 'total_time_limit', message };
  }
  if (isCancellation(error)) return { ...failed, type: 'cancelled', message: 'the experiment was cancelled' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START') {
    const isOfGpu = gpu !== 'none' && (phase === 'encode' || phase === 'decode');
    const message = isOfGpu
      ? 'no worker with a GPU took it in time'
      : `no worker took it within ${limits.waitSeconds} s`;
    return { ...failed, type: 'no_worker', message };
  }
  if (phase === 'write' && cause instanceof ApplicationFailure) {
    return { ...failed, type: 'model', message: cause.message };
  }
  return { ...failed, type: 'installation', message: reasonOf(error).message };
}

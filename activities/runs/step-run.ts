/** The row of a step's run, from its activity's input, its end, and what its meter has measured. */
import type { activityInfo } from '@temporalio/activity';
import type { MeasuredRun } from '../../store/runs/step-run.ts';
import type { ComputerUseTimes } from '../../workflows/contract/computer-use/times.ts';
import type { StepActivityInput, StepActivityResult } from '../../workflows/contract/jobs/job.ts';
import { builtInVersion } from '../../workflows/contract/limits/limits-version.ts';
import {
  completeTimes,
  stepRunKey,
  type RunLimits,
  type RunPart,
  type RunTimes,
} from '../../workflows/contract/runs/run.ts';
import type { RunMeter } from './run-meter.ts';

type ActivityInfo = ReturnType<typeof activityInfo>;

export interface EndedStep {
  readonly input: StepActivityInput;
  readonly end: Omit<StepActivityResult, 'attempts'>;
  readonly attempts: number;
  readonly activity: ActivityInfo;
  /** When the attempt began and ended, in milliseconds since the epoch. */
  readonly beganMs: number;
  readonly endedMs: number;
  readonly meter: RunMeter;
}

export function measuredStepRun({ input, end, attempts, activity, beganMs, endedMs, meter }: EndedStep): MeasuredRun {
  const { job, step, generation, resumption } = input;
  const { scheduledTimestampMs: queuedMs, currentAttemptScheduledTimestampMs: retriedMs } = activity;
  // Temporal's clock is not the worker's: nothing may end before it was scheduled.
  const lastMs = Math.max(endedMs, queuedMs);
  const waits = { queue: beganMs - retriedMs, retry: retriedMs - queuedMs };
  const times =
    end.times === undefined ? { ...meter.times(), ...waits } : { ...ofAllAttempts(end.times), queue: waits.queue };
  return {
    run: {
      ...meter.measures(),
      key: stepRunKey(job.id, step.id, generation),
      kind: 'step',
      work: step.kind,
      ownerId: job.id,
      partId: step.id,
      leadMagnet: job.leadMagnet,
      outcome: end.state,
      reason: end.reason?.type ?? null,
      limits: limitsOf(activity),
      limitsVersion: job.limitsVersion ?? builtInVersion,
      queuedMs,
      endedMs: lastMs,
      longestRepeat: end.longestRepeat ?? null,
      coldStart: end.coldStart ?? null,
      times: completeTimes(times, lastMs - queuedMs, restOf(end, attempts)),
      turns: end.iterations,
      inputTokens: end.usage.inputTokens,
      outputTokens: end.usage.outputTokens,
      costMicroUsd: end.usage.costUsd * 1e6,
      attempts,
    },
    rest: resumption === undefined ? betweenActivities[step.kind] : 'person',
  };
}

/** As Temporal keeps them; 0 is no limit. */
function limitsOf(activity: ActivityInfo): RunLimits {
  const { startToCloseTimeoutMs, scheduleToCloseTimeoutMs, heartbeatTimeoutMs = 0, retryPolicy } = activity;
  const seconds = (milliseconds: number): number | null => (milliseconds > 0 ? milliseconds / 1000 : null);
  const attempts = retryPolicy?.maximumAttempts ?? 0;
  return {
    attemptSeconds: seconds(startToCloseTimeoutMs),
    totalSeconds: seconds(scheduleToCloseTimeoutMs),
    heartbeatSeconds: seconds(heartbeatTimeoutMs),
    attempts: attempts > 0 ? attempts : null,
  };
}

/** What no part has measured: of a step with a browser, its start and its end, or what lay between its attempts. */
function restOf({ times }: EndedStep['end'], attempts: number): RunPart {
  if (times === undefined) return 'other';
  return attempts > 1 ? 'retry' : 'browser';
}

/** A computer-use step keeps its times in its checkpoint, so that they are those of all its attempts. */
function ofAllAttempts({ modelMs, browserMs, storeMs, waitingMs }: ComputerUseTimes): Partial<RunTimes> {
  return { model: modelMs, browser: browserMs, store: storeMs, person: waitingMs };
}

/** What a step of several activities does between them; steps of one activity have nothing there. */
const betweenActivities: Readonly<Record<StepActivityInput['step']['kind'], RunPart>> = {
  computer_use: 'person',
  ai: 'other',
  webhook: 'other',
  render: 'other',
  batch: 'model',
  tool: 'tool',
  code: 'other',
};

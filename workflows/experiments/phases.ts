/**
 * Runs the phases of an experiment as activities: how long each may take, wait and be tried. Whatever a phase ends with is a value.
 * The limit of the whole counts the time that phases take, and not the waits for workers, for a store or for a provider.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  sleep,
  TemporalFailure,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import { localActivityOptions } from '../activity-options.ts';
import type {
  ExperimentGpuActivities,
  ExperimentInput,
  ExperimentModelActivities,
  ExperimentPhase,
  ExperimentRecordActivities,
  ExperimentSandboxActivities,
  PhaseResult,
  TimedResult,
} from '../contract/experiments/experiment.ts';
import { limitsWithin, mostOwnFactor, type ExperimentLimits } from '../contract/experiments/limits.ts';
import { nonRetryableFailureTypes } from '../contract/failures.ts';
import { siblingQueue, type QueueKind } from '../contract/names.ts';
import { failureOf, isTimeoutOfStart, noGpuWorker, totalTimeUp } from './experiment-failure.ts';

/** An experiment under way. */
export interface Course {
  readonly input: ExperimentInput;
  /** What its phases have taken together. */
  spentSeconds: number;
  /** Those in which a model wrote. */
  writingSeconds: number;
}

/** How often it is asked whether there still is a worker with a GPU, where an experiment fails without one. */
const gpuLookSeconds = 300;

/** Between two rows of attempts at what is away. */
const patienceSeconds = 30;

/** For the start of a sandbox, the transfer of frames, and the end of processes: the sandbox keeps the phase's own limit. */
const marginSeconds = 45;

/**
 * Those of experiments that have begun come first: they end before others begin, and a full worker does not make them wait
 * until their limit.
 */
const priorities = { dispatch: 4, write: 3, encode: 3, decode: 2, score: 1 } as const;

type RunPhase = keyof typeof priorities;
type PhaseActivities = ExperimentSandboxActivities & ExperimentModelActivities;

/** Runs a phase within what is left of the limit of the whole. `round` is 0 for the phase of the whole experiment. */
export async function runPhase<Value>(
  course: Course,
  phase: RunPhase,
  round: number,
  call: (activities: PhaseActivities, limits: ExperimentLimits) => Promise<TimedResult<Value>>,
): Promise<PhaseResult<Value>> {
  const { limits } = course.input;
  const leftSeconds = leftOf(course);
  if (leftSeconds <= 0) return { failure: totalTimeUp(phase, limits) };
  const summary = round === 0 ? phase : `round ${round}: ${phase}`;
  setCurrentDetails(summary);
  try {
    const options = phaseOptions(limitsWithin(limits, leftSeconds), phase, queueOf(course.input, phase), summary);
    const work = (changes: ActivityOptions): Promise<TimedResult<Value>> =>
      call(proxyActivities<PhaseActivities>({ ...options, ...changes }), limitsWithin(limits, leftSeconds));
    const isGpuNeeded = options.taskQueue === siblingQueue(workflowInfo().taskQueue, 'sandbox-gpu');
    const result =
      course.input.gpu === 'fail' && isGpuNeeded
        ? await whereGpuIs(limits, phase, (changes) => patiently(leftSeconds, () => work(changes)))
        : await patiently(leftSeconds, () => work({}));
    return timed(course, phase, result);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return { failure: failureOf(error, phase, course.input) };
  }
}

/** What is left of the limit of the whole. */
export function leftOf({ input, spentSeconds }: Course): number {
  return input.limits.totalSeconds - spentSeconds;
}

/** Adds what the phase took. A phase that used up what was left was ended by the limit of the whole, not by its own. */
function timed<Value>(course: Course, phase: ExperimentPhase, result: TimedResult<Value>): PhaseResult<Value> {
  course.spentSeconds += result.tookSeconds;
  if (phase === 'write') course.writingSeconds += result.tookSeconds;
  if ('value' in result) return { value: result.value };
  const { failure } = result;
  const isOfTime = failure.type === 'time_limit' || failure.type === 'model';
  return { failure: isOfTime && leftOf(course) <= 0 ? totalTimeUp(phase, course.input.limits) : failure };
}

/** Waits in the queue of those that have a GPU as long as there is one, however long it is full. */
async function whereGpuIs<Value>(
  { waitSeconds }: ExperimentLimits,
  phase: ExperimentPhase,
  work: (changes: ActivityOptions) => Promise<TimedResult<Value>>,
): Promise<TimedResult<Value>> {
  for (let waited = 0; ; waited += gpuLookSeconds) {
    if (!(await recording().hasGpuWorker())) return { failure: noGpuWorker(phase), tookSeconds: 0 };
    const seconds = Math.min(gpuLookSeconds, waitSeconds - waited);
    try {
      return await work({ scheduleToStartTimeout: seconds * 1000 });
    } catch (error) {
      if (!(error instanceof TemporalFailure && isTimeoutOfStart(error)) || waited + seconds >= waitSeconds)
        throw error;
    }
  }
}

/** Tries again what was away for all attempts, as long as the experiment may take. */
async function patiently<Value>(seconds: number, work: () => Promise<Value>): Promise<Value> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ActivityFailure && isOfOutage(error)) || Date.now() >= until) throw error;
      await sleep(patienceSeconds * 1000);
    }
  }
}

function isOfOutage({ cause }: ActivityFailure): boolean {
  const types = ['store', 'provider_unavailable', 'provider_rate_limit'];
  return cause instanceof ApplicationFailure && types.some((type) => type === cause.type);
}

function queueOf({ gpu, aiQueue }: ExperimentInput, phase: RunPhase): QueueKind {
  if (phase === 'write') return aiQueue;
  return gpu !== 'none' && (phase === 'encode' || phase === 'decode') ? 'sandbox-gpu' : 'sandbox';
}

/** Of the workflow's own queue. They are tried until they are written: nothing else records how an experiment ended. */
export function recording(): ExperimentRecordActivities & ExperimentGpuActivities {
  return proxyLocalActivities<ExperimentRecordActivities & ExperimentGpuActivities>(localActivityOptions('record'));
}

export function storing({ storeSeconds }: ExperimentLimits): Pick<ExperimentRecordActivities, 'endExperiment'> {
  return proxyActivities<ExperimentRecordActivities>({
    summary: 'store',
    startToCloseTimeout: storeSeconds * 1000,
    retry: { initialInterval: 500, backoffCoefficient: 2, maximumInterval: 30_000 },
  });
}

function phaseOptions(limits: ExperimentLimits, phase: RunPhase, queue: QueueKind, summary: string): ActivityOptions {
  const factor = phase === 'dispatch' || phase === 'score' ? mostOwnFactor : 1;
  return {
    taskQueue: siblingQueue(workflowInfo().taskQueue, queue),
    summary,
    priority: { priorityKey: priorities[phase] },
    scheduleToStartTimeout: limits.waitSeconds * 1000,
    startToCloseTimeout: (limits[`${phase}Seconds`] * factor + marginSeconds) * 1000,
    heartbeatTimeout: limits.heartbeatSeconds * 1000,
    // A cancelled phase ends its processes before the experiment ends.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: {
      initialInterval: 500,
      backoffCoefficient: 2,
      maximumInterval: 15_000,
      maximumAttempts: limits.attempts,
      nonRetryableErrorTypes: [...nonRetryableFailureTypes],
    },
  };
}

/** The activities of an experiment with their options: how long each phase may take, wait and be tried. */
import { proxyActivities, proxyLocalActivities, workflowInfo, type ActivityOptions } from '@temporalio/workflow';
import { localActivityOptions } from '../activity-options.ts';
import type {
  ExperimentModelActivities,
  ExperimentRecordActivities,
  ExperimentSandboxActivities,
  GpuUse,
} from '../contract/experiments/experiment.ts';
import type { ExperimentLimits } from '../contract/experiments/limits.ts';
import { nonRetryableFailureTypes } from '../contract/failures.ts';
import { siblingQueue, type QueueKind } from '../contract/names.ts';

/** How long a worker with a GPU is waited for where an experiment fails without one. It polls all the time if it is there. */
const gpuSeconds = 30;

/** For the start of a sandbox, the transfer of frames, and the end of processes: the sandbox keeps the phase's own limit. */
const marginSeconds = 45;

/**
 * Those of experiments that have begun come first: they end before others begin, and a full worker does not make them wait
 * until their limit.
 */
const priorities = { dispatch: 4, write: 3, encode: 3, decode: 2, score: 1 } as const;

export function dispatching(limits: ExperimentLimits): Pick<ExperimentSandboxActivities, 'dispatchExperiment'> {
  const { dispatchSeconds: seconds } = limits;
  return proxyActivities<ExperimentSandboxActivities>(
    phaseOptions({ limits, phase: 'dispatch', seconds, queue: 'sandbox', summary: 'dispatch' }),
  );
}

export function writing(limits: ExperimentLimits, round: number, queue: QueueKind): ExperimentModelActivities {
  const { writeSeconds: seconds } = limits;
  return proxyActivities<ExperimentModelActivities>(
    phaseOptions({ limits, phase: 'write', seconds, queue, summary: `round ${round}: write` }),
  );
}

export function running(
  limits: ExperimentLimits,
  { phase, round, gpu }: { readonly phase: 'encode' | 'decode'; readonly round: number; readonly gpu: GpuUse },
): Pick<ExperimentSandboxActivities, 'encodeRound' | 'decodeRound'> {
  const seconds = phase === 'encode' ? limits.encodeSeconds : limits.decodeSeconds;
  const queue = gpu === 'none' ? 'sandbox' : 'sandbox-gpu';
  const options = phaseOptions({ limits, phase, seconds, queue, summary: `round ${round}: ${phase}` });
  return proxyActivities<ExperimentSandboxActivities>({
    ...options,
    ...(gpu === 'fail' ? { scheduleToStartTimeout: gpuSeconds * 1000 } : {}),
  });
}

export function scoring(limits: ExperimentLimits, round: number): Pick<ExperimentSandboxActivities, 'scoreRound'> {
  const { scoreSeconds: seconds } = limits;
  return proxyActivities<ExperimentSandboxActivities>(
    phaseOptions({ limits, phase: 'score', seconds, queue: 'sandbox', summary: `round ${round}: score` }),
  );
}

/** Of the workflow's own queue. They are tried until they are written: nothing else records how an experiment ended. */
export function recording(): ExperimentRecordActivities {
  return proxyLocalActivities<ExperimentRecordActivities>(localActivityOptions('record'));
}

export function storing({ storeSeconds }: ExperimentLimits): Pick<ExperimentRecordActivities, 'endExperiment'> {
  return proxyActivities<ExperimentRecordActivities>({
    summary: 'store',
    startToCloseTimeout: storeSeconds * 1000,
    retry: { initialInterval: 500, backoffCoefficient: 2, maximumInterval: 30_000 },
  });
}

interface PhaseRequest {
  readonly limits: ExperimentLimits;
  readonly phase: keyof typeof priorities;
  readonly seconds: number;
  readonly queue: QueueKind;
  readonly summary: string;
}

function phaseOptions({ limits, phase, seconds, queue, summary }: PhaseRequest): ActivityOptions {
  return {
    taskQueue: siblingQueue(workflowInfo().taskQueue, queue),
    summary,
    priority: { priorityKey: priorities[phase] },
    scheduleToStartTimeout: limits.waitSeconds * 1000,
    startToCloseTimeout: (seconds + marginSeconds) * 1000,
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

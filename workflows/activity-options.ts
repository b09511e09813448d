/** Converts the table of limits to Temporal's activity options; no other file does. */
import type { ActivityOptions, LocalActivityOptions } from '@temporalio/common';
import { nonRetryableFailureTypes } from './contract/failures.ts';
import { effectiveLimits, type LimitedKind, type LimitOverrides, type StepLimits } from './contract/limits/limits.ts';
import {
  limitsInForce,
  type LimitsByKind,
  type StepNeeds,
  type VersionedKind,
} from './contract/limits/limits-version.ts';
import type { QueueKind } from './contract/names.ts';
import { storeRetries, type ToolLimits } from './contract/tools/limits.ts';
import { siblingQueue } from './contract/names.ts';
import { workflowInfo } from '@temporalio/workflow';
import { cutText } from './contract/cut-text.ts';

interface ActivityRequest<Kind extends LimitedKind> {
  readonly kind: Kind;
  readonly queue: QueueKind;
  /** One line for Temporal's Web UI. */
  readonly summary: string;
}

export function activityOptions({ kind, queue, summary }: ActivityRequest<LimitedKind>): ActivityOptions {
  return optionsOf(effectiveLimits(kind, undefined), queue, summary);
}

/** What a step or a delivery needs to know of its job's limits. */
export interface JobWithLimits {
  /** What the version of limits of the job changes of the table. */
  readonly pinnedLimits: LimitsByKind | undefined;
}

/** Of a step or a delivery of a job. */
export function jobActivityOptions(
  { pinnedLimits }: JobWithLimits,
  request: ActivityRequest<VersionedKind> & StepNeeds & { readonly own?: LimitOverrides | undefined },
): ActivityOptions {
  const { kind, queue, summary, own } = request;
  return optionsOf(limitsInForce(kind, own, request, pinnedLimits), queue, summary);
}

function optionsOf(limits: StepLimits, queue: QueueKind, summary: string): ActivityOptions {
  return {
    taskQueue: siblingQueue(workflowInfo().taskQueue, queue),
    summary: cutText(summary, 200),
    startToCloseTimeout: limits.attemptSeconds * 1000,
    ...(limits.totalSeconds === null ? {} : { scheduleToCloseTimeout: limits.totalSeconds * 1000 }),
    ...(limits.heartbeatSeconds === null ? {} : { heartbeatTimeout: limits.heartbeatSeconds * 1000 }),
    // A cancelled step closes its browser and its sockets before the job ends.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: {
      initialInterval: limits.firstBackoffSeconds * 1000,
      backoffCoefficient: limits.backoffFactor,
      maximumInterval: limits.maximumBackoffSeconds * 1000,
      ...(limits.attempts === null ? {} : { maximumAttempts: limits.attempts }),
      nonRetryableErrorTypes: [...nonRetryableFailureTypes],
    },
  };
}

/**
 * For work of milliseconds that needs no queue: it runs within the workflow task and adds no transition at the server.
 */
export function localActivityOptions(kind: LimitedKind): LocalActivityOptions {
  const limits = effectiveLimits(kind, undefined);
  return {
    startToCloseTimeout: limits.attemptSeconds * 1000,
    // A longer wait uses a timer at the server, so that the workflow task is not held open.
    localRetryThreshold: '5 seconds',
    retry: {
      initialInterval: limits.firstBackoffSeconds * 1000,
      backoffCoefficient: limits.backoffFactor,
      maximumInterval: limits.maximumBackoffSeconds * 1000,
    },
  };
}

/** Of an activity of a tool request. The activity keeps the layer's limit itself; these are for workers that die or hang. */
export function toolActivityOptions(request: {
  readonly limits: ToolLimits;
  readonly layer: 'tool' | 'expert';
  readonly queue: QueueKind;
  readonly summary: string;
  /** Whether the activity makes the attempts at the provider itself, so that one of its own holds all of them. */
  readonly retriesItself?: boolean;
}): ActivityOptions {
  const { limits, layer, retriesItself = false } = request;
  const { providerSeconds, streamSeconds, stopSeconds, cleanupSeconds, toolSeconds, requestSeconds } = limits;
  // A request that has begun waits for a worker as long as its own limit lets it: its findings are paid for.
  const seconds = layer === 'tool' ? toolSeconds : requestSeconds;
  const queueSeconds = layer === 'tool' ? limits.queueSeconds : null;
  const oneSeconds = Math.max(providerSeconds ?? longestAttemptSeconds, streamSeconds ?? longestAttemptSeconds);
  const attemptSeconds = retriesItself ? (toolSeconds ?? oneSeconds * limits.attempts) : oneSeconds;
  return {
    taskQueue: siblingQueue(workflowInfo().taskQueue, request.queue),
    summary: request.summary.slice(0, 200),
    startToCloseTimeout: (attemptSeconds + stopSeconds + cleanupSeconds) * 1000,
    ...(seconds === null ? {} : { scheduleToCloseTimeout: (seconds + (queueSeconds ?? 0)) * 1000 }),
    ...(queueSeconds === null ? {} : { scheduleToStartTimeout: queueSeconds * 1000 }),
    heartbeatTimeout: limits.heartbeatSeconds * 1000,
    // The request answers at its limit, while the activity stops its call.
    cancellationType: 'TRY_CANCEL',
    retry: {
      initialInterval: 500,
      backoffCoefficient: 2,
      maximumInterval: 8000,
      // The activity counts its attempts at the provider itself.
      maximumAttempts: limits.attempts + storeRetries,
      nonRetryableErrorTypes: [...nonRetryableFailureTypes],
    },
  };
}

/** An attempt at the provider where the caps are switched off. */
const longestAttemptSeconds = 840;

/**
 * Measures every attempt of every activity: how it ended, and how much of its time limit it took. An attempt that comes close to
 * its limit is told while it runs: one that hangs, or whose worker dies, would never be told at its end.
 */
import type { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, type MetricMeter } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, ActivityInterceptorsFactory } from '@temporalio/worker';
import { failureTypes } from '../../workflows/contract/failures.ts';

const attemptEnds = ['completed', 'failed', 'cancelled', 'timed_out'] as const;
type AttemptEnd = (typeof attemptEnds)[number];
/** The limits that a worker sees reached. Of an attempt whose worker died, or that no worker took, its workflow alone knows. */
const attemptLimits = ['start_to_close', 'schedule_to_close', 'heartbeat'] as const;
type AttemptLimit = (typeof attemptLimits)[number];
const nearShare = 0.9;
const errorTypes = [...failureTypes, 'unexpected'] as const;

export interface AttemptMetrics {
  ended(activity: string, end: AttemptEnd, limitShare: number): void;
  /** The error of a failed attempt: of the closed list, or `unexpected`. */
  failed(type: string | null | undefined): void;
  timedOut(activity: string, limit: AttemptLimit): void;
  nearLimit(activity: string): void;
}

/**
 * All counters of these activities begin at 0: a counter that appears with its first event has not increased for Prometheus, and an
 * alert of that event would be lost.
 */
export function createAttemptMetrics(meter: MetricMeter, activities: readonly string[]): AttemptMetrics {
  const ends = meter.createCounter('lodestone_attempts', 'attempts', 'ended attempts of activities, by how they ended');
  const errors = meter.createCounter('lodestone_attempt_errors', 'attempts', 'failed attempts, by type of the error');
  const timeouts = meter.createCounter('lodestone_attempt_timeouts', 'attempts', 'attempts that a time limit cut off');
  const near = meter.createCounter(
    'lodestone_attempts_near_limit',
    'attempts',
    'attempts that passed 90 % of their limit',
  );
  const shares = meter.createHistogram(
    'lodestone_attempt_limit_ratio',
    'float',
    'ratio',
    'share of their time limit that attempts took',
  );
  for (const activity of activities) {
    for (const end of attemptEnds) ends.add(0, { activity, end });
    for (const limit of attemptLimits) timeouts.add(0, { activity, limit });
    near.add(0, { activity });
  }
  for (const type of errorTypes) errors.add(0, { type });
  return {
    ended(activity, end, limitShare) {
      ends.add(1, { activity, end });
      shares.record(limitShare, { activity });
    },
    failed: (type) => errors.add(1, { type: errorTypes.find((known) => known === type) ?? 'unexpected' }),
    timedOut: (activity, limit) => timeouts.add(1, { activity, limit }),
    nearLimit: (activity) => near.add(1, { activity }),
  };
}

/** For the option `interceptors.activity` of a worker. */
export function measureAttempts(metrics: AttemptMetrics): ActivityInterceptorsFactory {
  return (context) => ({ inbound: measuredAttempt(metrics, context) });
}

function measuredAttempt(metrics: AttemptMetrics, context: Context): ActivityInboundCallsInterceptor {
  const { activityType: activity } = context.info;
  return {
    async execute(input, next) {
      const began = performance.now();
      const { limit, milliseconds } = limitOf(context);
      let isOver = false;
      const timers = [
        after(milliseconds * nearShare, () => metrics.nearLimit(activity)),
        // Counted at once: what hangs may never come to its end.
        after(milliseconds, () => {
          isOver = true;
          metrics.timedOut(activity, limit);
        }),
      ];
      const measure = (end: AttemptEnd): void =>
        metrics.ended(activity, isOver ? 'timed_out' : end, (performance.now() - began) / milliseconds);
      try {
        const result = await next(input);
        measure('completed');
        return result;
      } catch (error) {
        const end = endOf(error, context);
        measure(end);
        if (end === 'timed_out' && !isOver) metrics.timedOut(activity, 'heartbeat');
        if (end === 'failed' && !isOver) metrics.failed(error instanceof ApplicationFailure ? error.type : undefined);
        throw error;
      } finally {
        timers.forEach(clearTimeout);
      }
    },
  };
}

/** The limit that this attempt reaches first: its own, or that of all attempts together. */
function limitOf({ info }: Context): { readonly limit: AttemptLimit; readonly milliseconds: number } {
  const { startToCloseTimeoutMs, scheduleToCloseTimeoutMs, scheduledTimestampMs } = info;
  const left = scheduledTimestampMs + scheduleToCloseTimeoutMs - Date.now();
  return scheduleToCloseTimeoutMs > 0 && left < startToCloseTimeoutMs
    ? { limit: 'schedule_to_close', milliseconds: Math.max(1, left) }
    : { limit: 'start_to_close', milliseconds: startToCloseTimeoutMs };
}

/** Node runs a timer of more than 24 days at once. */
const longestTimer = 2 ** 31 - 1;

function after(milliseconds: number, then: () => void): NodeJS.Timeout | undefined {
  return milliseconds > longestTimer ? undefined : setTimeout(then, milliseconds);
}

function endOf(error: unknown, { cancellationDetails, cancellationSignal }: Context): AttemptEnd {
  if (cancellationDetails?.timedOut === true) return 'timed_out';
  return error instanceof CancelledFailure && cancellationSignal.aborted ? 'cancelled' : 'failed';
}

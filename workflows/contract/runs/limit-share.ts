/** How much of its limit a run has used: what reports and alarms of time limits count by. Pure. */
import type { ReasonType } from '../failures.ts';
import type { Run } from './run.ts';

/** A12: the kinds of time-outs of an activity, as Temporal tells them apart. */
export const timeoutReasons = [
  'timeout_start_to_close',
  'timeout_heartbeat',
  'timeout_schedule_to_close',
  'timeout_schedule_to_start',
] as const satisfies readonly ReasonType[];
export type TimeoutReason = (typeof timeoutReasons)[number];

const whole = 1000;
/** What has waited beyond all limits, as after an outage, is no longer told apart. */
const most = 100_000;

/**
 * The larger of two shares, in thousandths: of the last attempt in the limit of an attempt, and of the run without the waiting for people
 * in the limit of all attempts. A time-out has used its whole limit. Null without limits, or where no worker has measured the run.
 */
export function limitPermille({
  limits,
  times,
  reason,
  queuedMs,
  endedMs,
}: Pick<Run, 'limits' | 'times' | 'reason' | 'queuedMs' | 'endedMs'>): number | null {
  const hasTimedOut = timeoutReasons.some((known) => known === reason);
  const shares = times === null ? [] : sharesOf(limits, endedMs - queuedMs - times.person, times.queue + times.retry);
  const all = hasTimedOut ? [whole, ...shares] : shares;
  return all.length === 0 ? null : Math.min(most, Math.max(0, ...all));
}

function sharesOf(limits: Run['limits'], totalMs: number, beforeLastAttemptMs: number): readonly number[] {
  const { attemptSeconds = null, totalSeconds = null } = limits ?? {};
  return [
    ...(attemptSeconds === null ? [] : [(totalMs - beforeLastAttemptMs) / attemptSeconds]),
    ...(totalSeconds === null ? [] : [totalMs / totalSeconds]),
  ].map(Math.floor);
}

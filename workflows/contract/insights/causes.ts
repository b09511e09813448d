/**
 * Why a run took its time or failed, as far as its row tells. A missing permission, an endless loop, a limit and a full queue are no
 * slowness: a higher limit or a faster model would help none of them but the limit. Pure.
 */
import type { Run, RunReason } from '../runs/run.ts';

export const runCauses = ['refused', 'repeated', 'cut_off', 'waited', 'slow'] as const;
export type RunCause = (typeof runCauses)[number];

/** What is found of runs with a cause; those that a limit ended ran into one that is too tight, or hung. */
export const findingCauses = [
  'missing_permission',
  'endless_loop',
  'limit_too_tight',
  'stuck',
  'waiting_for_a_slot',
  'slow',
] as const;
export type FindingCause = (typeof findingCauses)[number];

/** What a cause is told by. */
export type RunSigns = Pick<
  Run,
  'outcome' | 'reason' | 'statusCode' | 'longestRepeat' | 'queuedMs' | 'endedMs' | 'times'
>;

/** Runs above this are slow. */
export const slowMs = 60_000;
/** So many equal turns or calls in a row are a loop, in a run that does not succeed. */
export const loopRepeats = 5;
/** Fewer are one where the run has used up all its turns. */
const loopRepeatsAtLimit = 3;

/** A permission, or the thing itself, is missing. A 429 is none: it passes. */
const refusals: readonly number[] = [401, 403, 404, 407, 410];
const refusalReasons: readonly RunReason[] = ['provider_authentication'];
const limitReasons: readonly RunReason[] = [
  'iteration_limit',
  'time_limit',
  'timeout_start_to_close',
  'timeout_schedule_to_close',
];

/** Null for a run that is neither slow nor hindered. */
export function causeOf(run: RunSigns): RunCause | null {
  const { outcome, reason, statusCode, queuedMs, endedMs, times } = run;
  const durationMs = endedMs - queuedMs;
  if (outcome !== 'succeeded' && isRefusal(reason, statusCode)) return 'refused';
  if (outcome !== 'succeeded' && isLoop(run)) return 'repeated';
  const hasOnlyWaited = reason === 'timeout_schedule_to_start';
  if (hasOnlyWaited || (times !== null && durationMs >= 1000 && times.queue * 2 >= durationMs)) return 'waited';
  if (reason !== null && limitReasons.includes(reason)) return 'cut_off';
  // Waiting for a person's answer is no slowness.
  return durationMs - (times?.person ?? 0) > slowMs ? 'slow' : null;
}

function isRefusal(reason: RunReason | null, statusCode: number | null): boolean {
  if (statusCode !== null && refusals.includes(statusCode)) return true;
  return reason !== null && refusalReasons.includes(reason);
}

function isLoop({ reason, longestRepeat }: RunSigns): boolean {
  if (longestRepeat === null) return false;
  return longestRepeat >= (reason === 'iteration_limit' ? loopRepeatsAtLimit : loopRepeats);
}

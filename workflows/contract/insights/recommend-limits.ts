/**
 * Recommends limits by kind of work from the runs: a high quantile of the time of attempts, at the upper end of its confidence
 * interval, times a margin. Too few runs for an upper end may raise a limit, and not lower it. Runs that something refused or that went round in circles do not count: no limit helps them. Pure.
 */
import { counted } from '../counted.ts';
import {
  changedLimits,
  limitBounds,
  limitsVersionProblems,
  tableOf,
  versionedKinds,
  type LimitsByKind,
  type LimitsChange,
  type VersionedKind,
} from '../limits/limits-version.ts';
import { leastForUpperEnd, quantileInterval, type QuantileInterval } from './confidence.ts';
import { joined } from './distribution.ts';
import { limitUse } from './findings.ts';
import { grouped } from './groups.ts';
import { joinSummaries } from './join-summaries.ts';
import type { RunSummary } from './run-summary.ts';

export interface LimitSettings {
  /** Fewer runs of a kind are not enough to recommend anything. */
  readonly leastRuns: number;
  /** What a limit is above the quantile. */
  readonly margin: number;
}

export const defaultLimitSettings: LimitSettings = { leastRuns: 50, margin: 1.5 };

export interface KindRecommendation {
  readonly kind: VersionedKind;
  /** Runs that did their work, or that a limit ended although others come close to it. */
  readonly runs: number;
  /** How many more are needed; 0 when there are enough. */
  readonly missingRuns: number;
  /** Of the time of attempts, in seconds; null without enough runs. */
  readonly attempt: QuantileInterval | null;
  /** How many of the runs a limit ended. */
  readonly cutOff: number;
  /** Where one begins without runs: the least and the most seconds of an attempt. */
  readonly startingPoint: readonly [number, number];
  /** What changes; empty where the limits fit, or nothing can be said. */
  readonly changes: LimitsChange;
  /** In one sentence: the numbers behind it. */
  readonly why: string;
}

export interface LimitsRecommendation {
  /** Of all kinds together; it makes a version that has no contradictions. */
  readonly change: LimitsChange;
  readonly kinds: readonly KindRecommendation[];
}

/**
 * Starting points for kinds without enough runs: 5 to 10 minutes for work on data, 2 to 3 for an exchange with another service, 1 to 2
 * for mail.
 */
export const startingPoints: Readonly<Record<VersionedKind, readonly [number, number]>> = {
  computer_use: [300, 600],
  ai: [300, 600],
  batch: [300, 600],
  code: [300, 600],
  render: [120, 180],
  webhook: [120, 180],
  tool: [120, 180],
  delivery: [60, 120],
};

/** Kinds of which a run is more than its attempts, or leaves no row: their attempts are not measured. */
const unmeasuredKinds: readonly VersionedKind[] = ['batch', 'tool', 'delivery'];
const share = 0.99;
/** A change below this part of the limit is not worth one. */
const leastChange = 0.2;

/** `current`: what the version in force changes of the table. */
export function recommendLimits(
  summaries: readonly RunSummary[],
  current: LimitsByKind,
  settings: LimitSettings = defaultLimitSettings,
): LimitsRecommendation {
  const kinds = versionedKinds.map((kind) => recommendationOf(kind, summaries, current, settings));
  return { change: Object.assign({}, ...kinds.map(({ changes }) => changes)), kinds };
}

function recommendationOf(
  kind: VersionedKind,
  summaries: readonly RunSummary[],
  current: LimitsByKind,
  { leastRuns, margin }: LimitSettings,
): KindRecommendation {
  const own = stepsOf(summaries.filter(({ group }) => group.kind === 'step' && group.work === kind));
  const cutOff = joined(own.filter((step) => limitUse(step).isTight).map((step) => step.cutOff));
  const sample = joined([...own.map(({ attempt }) => attempt), cutOff]);
  const known = { kind, runs: sample.count, cutOff: cutOff.count, startingPoint: startingPoints[kind] };
  const nothing = { ...known, attempt: null, changes: {} };
  if (unmeasuredKinds.includes(kind)) {
    return { ...nothing, missingRuns: 0, why: 'nothing is recommended: runs do not tell the time of its attempts' };
  }
  const missingRuns = Math.max(0, leastRuns - sample.count);
  if (missingRuns > 0) {
    const [least, most] = startingPoints[kind];
    const why = `${counted(missingRuns, 'more run')} needed; a starting point is ${least} to ${most} s`;
    return { ...nothing, missingRuns, why };
  }
  const attempt = inSeconds(quantileInterval(sample, share));
  const longestMs = joined(own.map(({ duration }) => duration)).max;
  const asked = Math.max(attempt.high * margin, 0);
  const { changes, problem } = changesOf(kind, current, {
    asked,
    longest: longestMs / 1000,
    mayLower: attempt.isBounded,
  });
  const cut = cutOff.count === 0 ? '' : `; a limit ended ${cutOff.count}, so that the true value is higher`;
  const fits = problem ?? (Object.keys(changes).length === 0 ? '; the limits fit' : '');
  const numbers = `p99 of ${counted(sample.count, 'attempt')} is ${figure(attempt.value)} s (${rangeOf(attempt)}), times ${margin} is ${figure(asked)} s`;
  return { ...known, missingRuns, attempt, changes, why: `${numbers}${cut}${fits}` };
}

/**
 * The limit of all attempts is there for outages, which last longer than any run: it is raised where it is too short, and never
 * lowered.
 */
function changesOf(
  kind: VersionedKind,
  current: LimitsByKind,
  { asked, longest, mayLower }: { readonly asked: number; readonly longest: number; readonly mayLower: boolean },
): { readonly changes: LimitsChange; readonly problem?: string } {
  const now = tableOf(kind, current);
  const attemptSeconds = within(kind, 'attemptSeconds', asked);
  // An attempt of a loop follows the loop's own budget: a version changes nothing of it.
  const isClose =
    kind === 'computer_use' || Math.abs(attemptSeconds - now.attemptSeconds) <= leastChange * now.attemptSeconds;
  if (attemptSeconds < now.attemptSeconds && !isClose && !mayLower) {
    return { changes: {}, problem: `; a limit is not lowered from fewer than ${leastForUpperEnd(share)} runs` };
  }
  const attempt = isClose ? now.attemptSeconds : attemptSeconds;
  const leastTotal = within(kind, 'totalSeconds', Math.max(attempt * 2, longest));
  const limits = {
    ...(isClose ? {} : { attemptSeconds }),
    ...(now.totalSeconds !== null && now.totalSeconds < leastTotal ? { totalSeconds: leastTotal } : {}),
  };
  if (Object.keys(limits).length === 0) return { changes: {} };
  const changes = { [kind]: limits };
  const [problem] = limitsVersionProblems(changedLimits(current, changes));
  return problem === undefined ? { changes } : { changes: {}, problem: `; not recommended: ${problem}` };
}

/** A whole number of 5 s within the bounds of the limit. */
function within(kind: VersionedKind, limit: 'attemptSeconds' | 'totalSeconds', seconds: number): number {
  const [least, most] = limitBounds[kind][limit] ?? [seconds, seconds];
  return Math.min(most, Math.max(least, Math.ceil(seconds / 5) * 5));
}

/** Summaries by step of a lead magnet: whether a limit is tight is told from runs of the same work. */
function stepsOf(summaries: readonly RunSummary[]): readonly RunSummary[] {
  const groups = grouped(summaries, ({ tenant, leadMagnet, step }) => JSON.stringify([tenant, leadMagnet, step]));
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    return first === undefined ? [] : [joinSummaries(members, first.group)];
  });
}

function inSeconds({ value, low, high, ...rest }: QuantileInterval): QuantileInterval {
  return { ...rest, value: value / 1000, low: low / 1000, high: high / 1000 };
}

function rangeOf({ low, high, isBounded }: QuantileInterval): string {
  if (isBounded) return `95 % confidence: ${figure(low)} to ${figure(high)} s`;
  return `so few do not tell an upper end; the longest took ${figure(high)} s`;
}

function figure(seconds: number): string {
  return seconds.toFixed(1);
}

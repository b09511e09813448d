/**
 * A version of the table of limits: what it changes of the built-in table, by kind of work. Version 0 is the table itself.
 * A job keeps the version it was accepted with. In force is the table, changed by the version, changed by the lead magnet.
 * Pure, and safe in the workflow sandbox.
 */
import type { Step } from '../lead-magnets/lead-magnet.ts';
import {
  defaultLimits,
  effectiveLimits,
  limitProblems,
  stepKinds,
  type LimitOverrides,
  type StepLimits,
} from './limits.ts';

/** The kinds of work whose limits a version may change: those of the steps and deliveries of a job. */
export const versionedKinds = [...stepKinds, 'delivery'] as const;
export type VersionedKind = (typeof versionedKinds)[number];

/** The limits that a version may change. */
export const versionedLimits = ['attemptSeconds', 'totalSeconds', 'heartbeatSeconds', 'attempts'] as const;
export type VersionedLimit = (typeof versionedLimits)[number];

export type LimitsByKind = { readonly [Kind in VersionedKind]?: LimitOverrides | undefined };

/** What a job is accepted with. Without one it has version 0. */
export interface PinnedLimits {
  readonly version: number;
  readonly overrides: LimitsByKind;
}

export const builtInVersion = 0;

export const limitsAuthors = ['operator', 'tuning'] as const;
export type LimitsAuthor = (typeof limitsAuthors)[number];

/** The smallest and the largest value of a limit; null where it cannot be changed. */
export type LimitBounds = Readonly<Record<VersionedLimit, readonly [number, number] | null>>;

const hour = 3600;
// Below the limit of the whole job, so that a step ends before its job is stopped.
const totalSeconds = [600, 47 * hour] as const;
// A heartbeat is sent three times within its limit: below 6 s a busy machine would be taken for a dead one.
const heartbeatSeconds = [6, 120] as const;
const attempts = [2, 100] as const;

/**
 * An attempt has room at least for the limits of its own parts, as the table explains, and a dead worker is seen in time.
 * Kinds without heartbeats get none: their activities send none.
 */
export const limitBounds: Readonly<Record<VersionedKind, LimitBounds>> = {
  computer_use: { attemptSeconds: [180, 12 * hour], totalSeconds, heartbeatSeconds, attempts },
  ai: { attemptSeconds: [30, 2 * hour], totalSeconds, heartbeatSeconds, attempts },
  webhook: { attemptSeconds: [35, 300], totalSeconds, heartbeatSeconds: null, attempts },
  render: { attemptSeconds: [110, 900], totalSeconds, heartbeatSeconds: null, attempts },
  batch: { attemptSeconds: [60, 2 * hour], totalSeconds, heartbeatSeconds: null, attempts },
  tool: { attemptSeconds: [20, 600], totalSeconds, heartbeatSeconds: null, attempts },
  code: { attemptSeconds: [30, 2 * hour], totalSeconds, heartbeatSeconds, attempts },
  delivery: { attemptSeconds: [110, 900], totalSeconds, heartbeatSeconds, attempts },
};

/** What a step needs of its attempt. */
export interface StepNeeds {
  /** The limit of a loop, which its attempt follows. */
  readonly budgetSeconds?: number | undefined;
  /** A limit within the attempt, which must end first. */
  readonly innerSeconds?: number | undefined;
}

/**
 * The limits in force for a step or a delivery of a job with this version. Where a version would contradict the lead
 * magnet's own limits, or cut off the loop or the code of a step, the table holds for that step.
 */
export function limitsInForce(
  kind: VersionedKind,
  own: LimitOverrides | undefined,
  { budgetSeconds, innerSeconds = budgetSeconds }: StepNeeds,
  pinned: LimitsByKind | undefined,
): StepLimits {
  const table = effectiveLimits(kind, own, budgetSeconds);
  const version = pinned?.[kind];
  if (version === undefined) return table;
  const byVersion = version.attemptSeconds ?? table.attemptSeconds;
  const attemptSeconds =
    own?.attemptSeconds ?? (budgetSeconds === undefined ? byVersion : Math.max(byVersion, table.attemptSeconds));
  const ofVersion = version.totalSeconds ?? defaultLimits[kind].totalSeconds;
  const limits: StepLimits = {
    ...table,
    attemptSeconds,
    totalSeconds: own?.totalSeconds ?? (ofVersion === null ? null : Math.max(ofVersion, attemptSeconds * 2)),
    heartbeatSeconds: own?.heartbeatSeconds ?? version.heartbeatSeconds ?? table.heartbeatSeconds,
    attempts: own?.attempts ?? version.attempts ?? table.attempts,
  };
  return limitProblems(limits, innerSeconds).length === 0 ? limits : table;
}

/** The limits in force for a step of a lead magnet. */
export function stepLimitsInForce(step: Step, pinned: LimitsByKind | undefined): StepLimits {
  const needs =
    step.kind === 'computer_use'
      ? { budgetSeconds: step.budget.seconds }
      : { innerSeconds: step.kind === 'code' ? step.sandbox.seconds : undefined };
  return limitsInForce(step.kind, step.limits, needs, pinned);
}

/** The table as a version makes it, for one kind. */
export function tableOf(kind: VersionedKind, overrides: LimitsByKind): StepLimits {
  return { ...defaultLimits[kind], ...definedOf(overrides[kind]) };
}

/** Why these may not be a version; empty when they may. */
export function limitsVersionProblems(overrides: LimitsByKind): readonly string[] {
  return versionedKinds.flatMap((kind) => {
    const changed = overrides[kind];
    if (changed === undefined) return [];
    const outside = versionedLimits.flatMap((limit) => boundProblem(kind, limit, changed[limit]));
    return [...outside, ...limitProblems(tableOf(kind, overrides)).map((problem) => `${kind}: ${problem}`)];
  });
}

function boundProblem(kind: VersionedKind, limit: VersionedLimit, value: number | undefined): string[] {
  if (value === undefined) return [];
  const bounds = limitBounds[kind][limit];
  if (bounds === null) return [`${kind}: ${limit} cannot be set: its activities send no heartbeats`];
  const [least, most] = bounds;
  if (Number.isInteger(value) && value >= least && value <= most) return [];
  return [`${kind}: ${limit} ${value} is not a whole number from ${least} to ${most}`];
}

/** A change of a version: a number sets a limit, null returns it to the table's. */
export type LimitsChange = {
  readonly [Kind in VersionedKind]?: { readonly [Limit in VersionedLimit]?: number | null | undefined } | undefined;
};

/** The overrides after a change; what equals the table is not kept, so that equal versions have equal overrides. */
export function changedLimits(overrides: LimitsByKind, change: LimitsChange): LimitsByKind {
  const kinds = versionedKinds.flatMap((kind) => {
    const limits = versionedLimits.flatMap((limit) => {
      const asked = change[kind]?.[limit];
      const value = asked === undefined ? overrides[kind]?.[limit] : asked;
      return value === undefined || value === null || value === defaultLimits[kind][limit] ? [] : [[limit, value]];
    });
    return limits.length === 0 ? [] : [[kind, Object.fromEntries(limits)]];
  });
  return Object.fromEntries(kinds);
}

export interface LimitDifference {
  readonly kind: VersionedKind;
  readonly limit: VersionedLimit;
  /** Null where there is no limit. */
  readonly from: number | null;
  readonly to: number | null;
}

/** What differs between the tables of two versions, in the order of the table. */
export function limitDifferences(from: LimitsByKind, to: LimitsByKind): readonly LimitDifference[] {
  return versionedKinds.flatMap((kind) => {
    const [before, after] = [tableOf(kind, from), tableOf(kind, to)];
    return versionedLimits
      .filter((limit) => before[limit] !== after[limit])
      .map((limit) => ({ kind, limit, from: before[limit], to: after[limit] }));
  });
}

function definedOf(overrides: LimitOverrides | undefined): Partial<StepLimits> {
  return Object.fromEntries(Object.entries(overrides ?? {}).filter(([, value]) => value !== undefined));
}

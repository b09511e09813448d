/**
 * What is proposed of what the recorded runs recommend: within the bounds, in steps that are not too large, and never what
 * contradicts itself. Pure.
 */
import {
  changedLimits,
  limitBounds,
  limitDifferences,
  limitsVersionProblems,
  tableOf,
  type LimitsByKind,
  type LimitsChange,
  type VersionedKind,
  type VersionedLimit,
} from './limits-version.ts';

/** A limit as the runs of its kind recommend it. */
export interface LimitRecommendation {
  readonly kind: VersionedKind;
  readonly limit: VersionedLimit;
  readonly value: number;
  /** How many runs it is made of. */
  readonly runs: number;
  /** Why, in one sentence. */
  readonly reason: string;
}

/** One proposal changes a limit by this factor at most: what the runs say after that is the next one's. */
export const largestStep = 2;
/** A smaller change is not worth a trial. */
const smallestStep = 1.1;
/** Recommendations of fewer runs are not proposed. */
export const leastRuns = 30;

export interface Proposed {
  readonly overrides: LimitsByKind;
  /** The recommendations that it follows. */
  readonly followed: readonly LimitRecommendation[];
}

/** Null when the runs recommend nothing that differs enough. */
export function proposedLimits(inForce: LimitsByKind, recommended: readonly LimitRecommendation[]): Proposed | null {
  let overrides = inForce;
  const followed: LimitRecommendation[] = [];
  for (const recommendation of recommended) {
    const next = changedLimits(overrides, changeFor(inForce, recommendation));
    if (limitDifferences(overrides, next).length === 0 || limitsVersionProblems(next).length > 0) continue;
    overrides = next;
    followed.push(recommendation);
  }
  return followed.length === 0 ? null : { overrides, followed };
}

function changeFor(inForce: LimitsByKind, { kind, limit, value, runs }: LimitRecommendation): LimitsChange {
  const now = tableOf(kind, inForce)[limit];
  const bounds = limitBounds[kind][limit];
  if (now === null || bounds === null || runs < leastRuns || !Number.isFinite(value)) return {};
  const least = Math.max(bounds[0], Math.ceil(now / largestStep));
  const most = Math.min(bounds[1], Math.floor(now * largestStep));
  const asked = Math.min(most, Math.max(least, Math.ceil(value)));
  const step = Math.max(asked / now, now / asked);
  if (step < smallestStep) return {};
  // All attempts fit into the whole: what is raised takes the limit around it along.
  const { totalSeconds } = tableOf(kind, inForce);
  const isTooSmall = limit === 'attemptSeconds' && totalSeconds !== null && totalSeconds < asked * 2;
  const [, mostTotal = asked] = limitBounds[kind].totalSeconds ?? [];
  return { [kind]: { [limit]: asked, ...(isTooSmall ? { totalSeconds: Math.min(mostTotal, asked * 2) } : {}) } };
}

/** What the guard of a trial judges: the runs of the kinds of step whose limits differ, of both arms and of the same time. */
import type { ArmRuns, CanaryLook } from '../../workflows/contract/limits/canary/runs.ts';
import { stepKinds } from '../../workflows/contract/limits/limits.ts';
import { limitDifferences } from '../../workflows/contract/limits/limits-version.ts';
import type { LimitsRollout } from '../../workflows/contract/limits/limits-schema.ts';
import type { Database } from '../database/database.ts';
import { runsOfArm } from './canary-runs.ts';
import { overridesOf } from './limits-changes.ts';

/** The most runs of each arm that are read, those that started first. */
export interface MostRuns {
  readonly canary: number;
  readonly control: number;
}

/** Null when no version is being tried. */
export async function canaryLook(
  database: Database,
  { stable, candidate, beganAt }: LimitsRollout,
  now: Date,
  most: MostRuns,
): Promise<CanaryLook | null> {
  if (candidate === null || beganAt === null) return null;
  const began = new Date(beganAt);
  const differences = limitDifferences(await overridesOf(database, stable), await overridesOf(database, candidate));
  const kinds = stepKinds.filter((kind) => differences.some((difference) => difference.kind === kind));
  const canary = await runsOfArm(database, { version: candidate, kinds, began, limit: most.canary });
  const control = await runsOfArm(database, { version: stable, kinds, began, limit: most.control });
  return sameTime({ beganAtMs: began.getTime(), nowMs: now.getTime(), canary, control }, most);
}

/** Where an arm has more runs than are read, the other one is compared up to the last of them. */
function sameTime(look: CanaryLook, most: MostRuns): CanaryLook {
  const until = Math.min(lastStart(look.canary, most.canary), lastStart(look.control, most.control));
  if (until === Infinity) return look;
  const cut = ({ ended, underWay }: ArmRuns): ArmRuns => ({
    ended: ended.filter(({ startedAtMs }) => startedAtMs <= until),
    underWay: underWay.filter(({ startedAtMs }) => startedAtMs <= until),
  });
  return { ...look, canary: cut(look.canary), control: cut(look.control) };
}

function lastStart({ ended }: ArmRuns, limit: number): number {
  return ended.length < limit ? Infinity : ended.reduce((last, run) => Math.max(last, run.startedAtMs), 0);
}

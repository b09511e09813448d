/** What the guard of a trial judges: the runs of the kinds of step whose limits differ, of both arms and of the same time. */
import type { ArmRuns, CanaryLook } from '../../workflows/contract/limits/canary/runs.ts';
import { stepKinds } from '../../workflows/contract/limits/limits.ts';
import { limitDifferences } from '../../workflows/contract/limits/limits-version.ts';
import type { LimitsRollout } from '../../workflows/contract/limits/limits-schema.ts';
import type { Database } from '../database/database.ts';
import { endedRunsOf, runsUnderWayOf, submissionOfLast } from './canary-runs.ts';
import { overridesOf } from './limits-changes.ts';

/** The most jobs of each arm that are read, those that were submitted first. */
export interface MostJobs {
  readonly canary: number;
  readonly control: number;
}

/** Null when no version is being tried. Where an arm has more jobs than are read, the other is read up to the same time. */
export async function canaryLook(
  database: Database,
  { stable, candidate, beganAt: began }: LimitsRollout,
  now: Date,
  most: MostJobs,
): Promise<CanaryLook | null> {
  if (candidate === null || began === null) return null;
  const differences = limitDifferences(await overridesOf(database, stable), await overridesOf(database, candidate));
  const kinds = stepKinds.filter((kind) => differences.some((difference) => difference.kind === kind));
  const ends = [
    await submissionOfLast(database, { version: candidate, began }, most.canary),
    await submissionOfLast(database, { version: stable, began }, most.control),
  ];
  const until = ends.filter((end) => end !== null).toSorted()[0] ?? null;
  const armOf = async (version: number): Promise<ArmRuns> => {
    const arm = { version, kinds, began, until };
    if (kinds.length === 0) return { ended: [], underWay: [] };
    // What is under way first: a run that ends in between is in both, and is waited for until the next look.
    const underWay = await runsUnderWayOf(database, arm);
    return { underWay, ended: await endedRunsOf(database, arm) };
  };
  const [canary, control] = [await armOf(candidate), await armOf(stable)];
  return { beganAtMs: Date.parse(began), nowMs: now.getTime(), canary, control };
}

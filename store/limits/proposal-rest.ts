/**
 * When limits are not proposed: for a time after each change and proposal, and for a week what people denied or what was rolled
 * back. The runs recommend other seconds every day, so a change is known by its kind, its limit and its direction.
 */
import type { LimitsRollout } from '../../workflows/contract/limits/limits-schema.ts';
import {
  limitDifferences,
  type LimitDifference,
  type LimitsByKind,
} from '../../workflows/contract/limits/limits-version.ts';
import type { Database } from '../database/database.ts';
import { overridesOf } from './limits-changes.ts';
import { readOverrides } from './stored-limits.ts';

const refusedSeconds = 7 * 24 * 3600;

export interface LimitDirection extends Pick<LimitDifference, 'kind' | 'limit'> {
  readonly isRaised: boolean;
}

export interface CoolDown {
  readonly coolDownSeconds: number;
  readonly now: Date;
}

/** After a change that took effect or was taken back, and after a proposal, whatever became of it. */
export async function isCoolingDown(
  database: Database,
  { changedAt }: LimitsRollout,
  { coolDownSeconds, now }: CoolDown,
): Promise<boolean> {
  const { made } = await database
    .selectFrom('limits_proposals')
    .select(({ fn }) => fn.max<string | null>('made_at').as('made'))
    .executeTakeFirstOrThrow();
  const since = secondsBefore(now, coolDownSeconds);
  return (changedAt ?? '') > since || (made ?? '') > since;
}

/** What rests: changes of proposals that people denied within a week, or whose versions were rolled back within it. */
export async function refusedChanges(database: Database, now: Date): Promise<readonly LimitDirection[]> {
  const since = secondsBefore(now, refusedSeconds);
  const rolledBack = database
    .selectFrom('limits_audit')
    .select('version')
    .where('action', '=', 'rolled_back')
    .where('at', '>', since)
    .where('version', 'is not', null);
  const refused = await database
    .selectFrom('limits_proposals')
    .select(['base', 'overrides'])
    .where((proposal) =>
      proposal.or([
        proposal.and([proposal('state', '=', 'denied'), proposal('decided_at', '>', since)]),
        proposal('version', 'in', rolledBack),
      ]),
    )
    .execute();
  const changes = await Promise.all(
    refused.map(async ({ base, overrides }) => changesIn(await overridesOf(database, base), readOverrides(overrides))),
  );
  return changes.flat();
}

export function changesIn(before: LimitsByKind, after: LimitsByKind): readonly LimitDirection[] {
  return limitDifferences(before, after).map(({ kind, limit, from, to }) => ({
    kind,
    limit,
    isRaised: (to ?? Infinity) > (from ?? Infinity),
  }));
}

export function isResting(change: LimitDirection, refused: readonly LimitDirection[]): boolean {
  return refused.some(
    ({ kind, limit, isRaised }) => kind === change.kind && limit === change.limit && isRaised === change.isRaised,
  );
}

function secondsBefore(now: Date, seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString();
}

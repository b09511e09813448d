/**
 * Changes of the limits in force. Each is one transaction under one lock, with its entry in the audit log, and raises the
 * revision of the roll-out.
 */
import type { Transaction } from 'kysely';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import {
  builtInVersion,
  changedLimits,
  limitDifferences,
  limitsVersionProblems,
  type LimitsAuthor,
  type LimitsByKind,
  type LimitsChange,
} from '../../workflows/contract/limits/limits-version.ts';
import type { LimitsAuditEntry, LimitsRollout, LimitsVersion } from '../../workflows/contract/limits/limits-schema.ts';
import type { Database, Tables } from '../database/database.ts';
import { inTransaction, lockName } from '../database/transactions.ts';
import { newSalt } from './canary-share.ts';
import { readRollout, readVersion } from './stored-limits.ts';

type LimitsTransaction = Transaction<Tables>;

/** All that changes limits holds it. */
export function changeLimits<Result>(
  database: Database,
  work: (transaction: LimitsTransaction, rollout: LimitsRollout) => Promise<Result>,
): Promise<Result> {
  return inTransaction(database, lockName('limits'), async (transaction) =>
    work(transaction, await rolloutOf(transaction)),
  );
}

export async function rolloutOf(database: Database): Promise<LimitsRollout> {
  return readRollout(await database.selectFrom('limits_rollout').selectAll().executeTakeFirstOrThrow());
}

/** Null for a version that does not exist, and for the built-in table. */
export async function versionOf(database: Database, number: number): Promise<LimitsVersion | null> {
  const row = await database.selectFrom('limits_versions').selectAll().where('number', '=', number).executeTakeFirst();
  return row === undefined ? null : readVersion(row);
}

export async function overridesOf(database: Database, number: number): Promise<LimitsByKind> {
  return (await versionOf(database, number))?.overrides ?? {};
}

/** Returns the number of the new version. */
export async function insertVersion(
  transaction: LimitsTransaction,
  version: {
    readonly by: LimitsAuthor;
    readonly why: string;
    readonly parent: number;
    readonly overrides: LimitsByKind;
    readonly now: Date;
  },
): Promise<number> {
  const { newest } = await transaction
    .selectFrom('limits_versions')
    .select(({ fn }) => fn.max<number | null>('number').as('newest'))
    .executeTakeFirstOrThrow();
  const number = (newest ?? builtInVersion) + 1;
  const { by, why, parent, overrides, now } = version;
  await transaction
    .insertInto('limits_versions')
    .values({
      number,
      made_at: now.toISOString(),
      made_by: by,
      why,
      parent,
      overrides: JSON.stringify(overrides),
    })
    .execute();
  return number;
}

export async function writeRollout(
  transaction: LimitsTransaction,
  rollout: Pick<LimitsRollout, 'stable' | 'candidate' | 'percent' | 'revision'>,
  now: Date,
): Promise<void> {
  const { stable, candidate, percent, revision } = rollout;
  await transaction
    .updateTable('limits_rollout')
    .set({
      stable,
      candidate,
      percent,
      salt: candidate === null ? null : newSalt(),
      began_at: candidate === null ? null : now.toISOString(),
      changed_at: now.toISOString(),
      revision: revision + 1,
    })
    .execute();
}

export interface Deed extends Pick<LimitsAuditEntry, 'who' | 'action' | 'why'> {
  readonly version?: number | null;
  readonly proposal?: number | null;
  readonly evidence?: JsonObject | null;
  readonly now: Date;
}

export async function appendToAudit(transaction: LimitsTransaction, deed: Deed): Promise<void> {
  const { who, action, why, version = null, proposal = null, evidence = null, now } = deed;
  const text = evidence === null ? null : JSON.stringify(evidence);
  await transaction
    .insertInto('limits_audit')
    .values({ at: now.toISOString(), who, action, version, proposal, why, evidence: text })
    .execute();
}

export interface OperatorsChange {
  readonly who: string;
  readonly why: string;
  readonly now: Date;
}

/** `stale`: it was made for another version than the one in force. `changed`: for another revision of the roll-out. */
export type ChangeRefusal =
  | { readonly as: 'stale'; readonly stable: number }
  | { readonly as: 'changed'; readonly revision: number }
  | { readonly as: 'canary'; readonly candidate: number }
  | { readonly as: 'same' }
  | { readonly as: 'missing' }
  | { readonly as: 'problems'; readonly problems: readonly string[] };
export type ChangeTaken = { readonly as: 'taken'; readonly version: number } | ChangeRefusal;

/** Makes a new version, for all jobs from now on. Not while another one is being tried. */
export function setLimits(
  database: Database,
  {
    who,
    why,
    now,
    change,
    parent,
  }: OperatorsChange & { readonly change: LimitsChange; readonly parent: number | null },
): Promise<ChangeTaken> {
  return changeLimits(database, async (transaction, rollout): Promise<ChangeTaken> => {
    const { stable, candidate } = rollout;
    if (parent !== null && parent !== stable) return { as: 'stale', stable };
    if (candidate !== null) return { as: 'canary', candidate };
    const before = await overridesOf(transaction, stable);
    const overrides = changedLimits(before, change);
    const problems = limitsVersionProblems(overrides);
    if (problems.length > 0) return { as: 'problems', problems };
    if (limitDifferences(before, overrides).length === 0) return { as: 'same' };
    const version = await insertVersion(transaction, { by: 'operator', why, parent: stable, overrides, now });
    await writeRollout(transaction, { ...rollout, stable: version, candidate: null, percent: 0 }, now);
    await dropOpenProposal(transaction, who, now);
    await appendToAudit(transaction, { who, action: 'set', version, why, now });
    return { as: 'taken', version };
  });
}

export interface Rollback extends OperatorsChange {
  readonly to: number | null;
  readonly revision: number;
}

/**
 * Ends the trial of a version; without one, new jobs get the version before. With `to`, they get that one. Jobs that
 * have a version keep it. `revision` is the one that was seen: repeated, or after another change, it does nothing.
 */
export function rollBackLimits(database: Database, { who, why, now, to, revision }: Rollback): Promise<ChangeTaken> {
  return changeLimits(database, async (transaction, rollout): Promise<ChangeTaken> => {
    const { stable, candidate } = rollout;
    if (rollout.revision !== revision) return { as: 'changed', revision: rollout.revision };
    const before = candidate === null ? ((await versionOf(transaction, stable))?.parent ?? null) : stable;
    const target = to ?? before;
    if (target === null) return { as: 'same' };
    const version = target === builtInVersion ? null : await versionOf(transaction, target);
    if (target !== builtInVersion && version === null) return { as: 'missing' };
    if (target === candidate) return { as: 'canary', candidate };
    if (candidate === null && target === stable) return { as: 'same' };
    // A trial can be ended whatever the version in force is.
    const problems = target === stable ? [] : limitsVersionProblems(version?.overrides ?? {});
    if (problems.length > 0) return { as: 'problems', problems };
    await writeRollout(transaction, { ...rollout, stable: target, candidate: null, percent: 0 }, now);
    await dropOpenProposal(transaction, who, now);
    const deed = { who, action: 'rolled_back', version: candidate ?? stable, evidence: { to: target } } as const;
    await appendToAudit(transaction, { ...deed, why, now });
    return { as: 'taken', version: target };
  });
}

/** A proposal is about the version that was in force when it was made. */
async function dropOpenProposal(transaction: LimitsTransaction, who: string, now: Date): Promise<void> {
  const note = 'the limits were changed otherwise';
  const dropped = await transaction
    .updateTable('limits_proposals')
    .set({ state: 'expired', decided_at: now.toISOString(), decided_by: who, note })
    .where('state', '=', 'open')
    .returning('number')
    .execute();
  for (const { number } of dropped) {
    await appendToAudit(transaction, { who, action: 'expired', proposal: number, why: note, now });
  }
}

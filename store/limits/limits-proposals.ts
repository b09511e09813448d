/**
 * Proposals of new limits, and the trial of a version. Each transition is one transaction under the lock of all changes of
 * limits, with its entry in the audit log; one that was made before, or that is about an earlier roll-out, changes nothing.
 */
import type { Transaction } from 'kysely';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import type { LimitsProposal, LimitsRollout } from '../../workflows/contract/limits/limits-schema.ts';
import { limitsVersionProblems, type LimitsByKind } from '../../workflows/contract/limits/limits-version.ts';
import {
  canaryPercent,
  proposalSeconds,
  tuningName,
  type DecideInput,
  type DecideResult,
  type ProposalState,
  type TuningMode,
} from '../../workflows/contract/limits/tuning.ts';
import type { Database, Tables } from '../database/database.ts';
import { appendToAudit, changeLimits, insertVersion, overridesOf, writeRollout } from './limits-changes.ts';
import { changesIn, isCoolingDown, isResting, refusedChanges } from './proposal-rest.ts';
import { readProposal } from './stored-limits.ts';

export interface NewProposal {
  readonly mode: Exclude<TuningMode, 'off'>;
  /** The version in force that the runs were read with. */
  readonly base: number;
  readonly overrides: LimitsByKind;
  readonly why: string;
  readonly evidence: JsonObject;
  readonly coolDownSeconds: number;
  readonly now: Date;
}

export type ProposalTaken =
  | { readonly as: 'taken'; readonly proposal: LimitsProposal }
  | { readonly as: 'asking'; readonly proposal: LimitsProposal }
  | { readonly as: 'canary' | 'stale' | 'cool_down' };

export function propose(database: Database, asked: NewProposal): Promise<ProposalTaken> {
  const { mode, base, overrides, why, evidence, now } = asked;
  const problems = limitsVersionProblems(overrides);
  if (problems.length > 0) throw new Error(`limits out of bounds were proposed: ${problems.join('; ')}`);
  return changeLimits(database, async (transaction, rollout): Promise<ProposalTaken> => {
    if (rollout.candidate !== null) return { as: 'canary' };
    if (rollout.stable !== base) return { as: 'stale' };
    const open = await openProposal(transaction);
    if (open !== null) return { as: 'asking', proposal: open };
    if (await isCoolingDown(transaction, rollout, asked)) return { as: 'cool_down' };
    const refused = await refusedChanges(transaction, now);
    const changes = changesIn(await overridesOf(transaction, base), overrides);
    if (changes.some((change) => isResting(change, refused))) return { as: 'cool_down' };
    const row = await transaction
      .insertInto('limits_proposals')
      .values({
        made_at: now.toISOString(),
        state: mode === 'ask' ? 'open' : 'dry_run',
        base,
        overrides: JSON.stringify(overrides),
        why,
        evidence: JSON.stringify(evidence),
        expires_at: mode === 'ask' ? new Date(now.getTime() + proposalSeconds * 1000).toISOString() : null,
        decided_at: null,
        decided_by: null,
        note: null,
        version: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const proposal = readProposal(row);
    await appendToAudit(transaction, {
      who: tuningName,
      action: 'proposed',
      proposal: proposal.number,
      why: mode === 'dry-run' ? `${why} (dry run)` : why,
      evidence,
      now,
    });
    if (mode === 'act') await beginTrial(transaction, rollout, proposal, { by: tuningName, state: 'applied', now });
    return { as: 'taken', proposal };
  });
}

/** Null for a proposal that does not exist. */
export function decideProposal(
  database: Database,
  { proposal: number, decision, by, note }: DecideInput,
  now: Date,
): Promise<DecideResult | null> {
  return changeLimits(database, async (transaction, rollout): Promise<DecideResult | null> => {
    const proposal = await proposalOf(transaction, number);
    if (proposal === null) return null;
    const state = ({ approve: 'approved', deny: 'denied', expire: 'expired' } as const)[decision];
    if (proposal.state !== 'open') return { as: proposal.state === state ? 'taken' : 'closed', state: proposal.state };
    if (decision === 'approve') {
      const hindrance = hindranceOf(proposal, rollout);
      if (hindrance !== null) return expire(transaction, number, hindrance, now);
    }
    const why = note ?? (decision === 'expire' ? 'nobody answered in time' : `${state} by ${by}`);
    await appendToAudit(transaction, { who: by, action: state, proposal: number, why, now });
    if (decision === 'approve') await beginTrial(transaction, rollout, proposal, { by, state: 'approved', note, now });
    else await endProposal(transaction, number, { by, state, note, version: null, now });
    return { as: 'taken', state };
  });
}

/** Why a proposal cannot be tried any more: it may be older than the release or the roll-out. Null when it can be. */
function hindranceOf({ base, overrides }: LimitsProposal, { stable, candidate }: LimitsRollout): string | null {
  if (candidate !== null) return `version ${candidate} is being tried`;
  if (base !== stable) return `it changes version ${base}, and version ${stable} is in force`;
  const problems = limitsVersionProblems(overrides);
  return problems.length === 0 ? null : `it is no version any more: ${problems.join('; ')}`;
}

async function expire(
  transaction: Transaction<Tables>,
  number: number,
  note: string,
  now: Date,
): Promise<DecideResult> {
  await appendToAudit(transaction, { who: tuningName, action: 'expired', proposal: number, why: note, now });
  await endProposal(transaction, number, { by: tuningName, state: 'expired', note, version: null, now });
  return { as: 'closed', state: 'expired' };
}

interface ProposalEnd {
  readonly by: string;
  readonly state: ProposalState;
  readonly note?: string | null;
  readonly now: Date;
}

async function beginTrial(
  transaction: Transaction<Tables>,
  rollout: LimitsRollout,
  { number, base, overrides, why }: LimitsProposal,
  end: ProposalEnd,
): Promise<void> {
  const { now } = end;
  const version = await insertVersion(transaction, { by: 'tuning', why, parent: base, overrides, now });
  await writeRollout(transaction, { ...rollout, candidate: version, percent: canaryPercent }, now);
  await endProposal(transaction, number, { ...end, version });
  const tried = `tried on ${canaryPercent} % of new jobs`;
  await appendToAudit(transaction, {
    who: tuningName,
    action: 'canary_started',
    version,
    proposal: number,
    why: tried,
    now,
  });
}

async function endProposal(
  transaction: Transaction<Tables>,
  number: number,
  { by, state, note = null, version, now }: ProposalEnd & { readonly version: number | null },
): Promise<void> {
  await transaction
    .updateTable('limits_proposals')
    .set({ state, decided_at: now.toISOString(), decided_by: by, note, version })
    .where('number', '=', number)
    .execute();
}

export interface TrialEnd {
  /** Of the roll-out that was judged. */
  readonly revision: number;
  readonly decision: 'promote' | 'roll_back';
  readonly reason: string;
  readonly evidence: JsonObject;
  readonly now: Date;
}

/** Ends the trial of a version. False when the roll-out is another one by now. */
export function endTrial(database: Database, end: TrialEnd): Promise<boolean> {
  const { revision, decision, reason, evidence, now } = end;
  return changeLimits(database, async (transaction, rollout) => {
    const { candidate, stable } = rollout;
    if (rollout.revision !== revision || candidate === null) return false;
    const isPromoted = decision === 'promote';
    const next = { ...rollout, stable: isPromoted ? candidate : stable, candidate: null, percent: 0 };
    await writeRollout(transaction, next, now);
    const action = isPromoted ? 'promoted' : 'rolled_back';
    await appendToAudit(transaction, { who: tuningName, action, version: candidate, why: reason, evidence, now });
    return true;
  });
}

export async function openProposal(database: Database): Promise<LimitsProposal | null> {
  const row = await database.selectFrom('limits_proposals').selectAll().where('state', '=', 'open').executeTakeFirst();
  return row === undefined ? null : readProposal(row);
}

export async function proposalOf(database: Database, number: number): Promise<LimitsProposal | null> {
  const row = await database.selectFrom('limits_proposals').selectAll().where('number', '=', number).executeTakeFirst();
  return row === undefined ? null : readProposal(row);
}

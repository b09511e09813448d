/** The versions of limits of an installation: which are in force, their history, and their audit log. */
import type { CanaryLook } from '../../workflows/contract/limits/canary/runs.ts';
import type { DecideInput, DecideResult } from '../../workflows/contract/limits/tuning.ts';
import type {
  LimitsAuditEntry,
  LimitsProposal,
  LimitsRollout,
  LimitsVersion,
} from '../../workflows/contract/limits/limits-schema.ts';
import type { LimitsChange } from '../../workflows/contract/limits/limits-version.ts';
import type { Database } from '../database/database.ts';
import {
  rollBackLimits,
  rolloutOf,
  setLimits,
  versionOf,
  type ChangeTaken,
  type OperatorsChange,
  type Rollback,
} from './limits-changes.ts';
import { canaryLook, type MostJobs } from './canary-look.ts';
import {
  decideProposal,
  endTrial,
  openProposal,
  proposalOf,
  propose,
  type NewProposal,
  type ProposalTaken,
  type TrialEnd,
} from './limits-proposals.ts';
import { isCoolingDown, refusedChanges, type CoolDown, type LimitDirection } from './proposal-rest.ts';
import { readAuditEntry, readProposal, readVersion } from './stored-limits.ts';

/** The newest before a number; all when it is null. */
export interface LimitsPage {
  readonly before: number | null;
  readonly limit: number;
}

export interface Limits {
  rollout(): Promise<LimitsRollout>;
  /** Null for a version that does not exist, and for the built-in table. */
  version(number: number): Promise<LimitsVersion | null>;
  versions(page: LimitsPage): Promise<readonly LimitsVersion[]>;
  audit(page: LimitsPage): Promise<readonly LimitsAuditEntry[]>;
  /** `parent` is the version that the change was made for; null for whichever is in force. */
  set(
    change: OperatorsChange & { readonly change: LimitsChange; readonly parent: number | null },
  ): Promise<ChangeTaken>;
  /** See `rollBackLimits`. */
  rollBack(change: Rollback): Promise<ChangeTaken>;
  proposals(page: LimitsPage): Promise<readonly LimitsProposal[]>;
  proposal(number: number): Promise<LimitsProposal | null>;
  /** The one that waits for an answer. */
  openProposal(): Promise<LimitsProposal | null>;
  propose(proposal: NewProposal): Promise<ProposalTaken>;
  /** Whether it is too early after the last change or proposal. */
  isCoolingDown(coolDown: CoolDown): Promise<boolean>;
  /** What people denied or what was rolled back, and is not proposed again yet. */
  refusedChanges(now: Date): Promise<readonly LimitDirection[]>;
  /** Null for a proposal that does not exist. */
  decide(decision: DecideInput, now: Date): Promise<DecideResult | null>;
  /** What the guard judges; null when no version is being tried. */
  canaryLook(rollout: LimitsRollout, now: Date, most: MostJobs): Promise<CanaryLook | null>;
  /** Ends the trial of a version. False when the roll-out is another one by now. */
  endTrial(end: TrialEnd): Promise<boolean>;
}

export function createLimits(database: Database): Limits {
  return {
    rollout: () => rolloutOf(database),
    version: (number) => versionOf(database, number),
    async versions({ before, limit }) {
      let query = database.selectFrom('limits_versions').selectAll();
      if (before !== null) query = query.where('number', '<', before);
      return (await query.orderBy('number', 'desc').limit(limit).execute()).map(readVersion);
    },
    async audit({ before, limit }) {
      let query = database.selectFrom('limits_audit').selectAll();
      if (before !== null) query = query.where('sequence', '<', before);
      return (await query.orderBy('sequence', 'desc').limit(limit).execute()).map(readAuditEntry);
    },
    set: (change) => setLimits(database, change),
    rollBack: (change) => rollBackLimits(database, change),
    async proposals({ before, limit }) {
      let query = database.selectFrom('limits_proposals').selectAll();
      if (before !== null) query = query.where('number', '<', before);
      return (await query.orderBy('number', 'desc').limit(limit).execute()).map(readProposal);
    },
    proposal: (number) => proposalOf(database, number),
    openProposal: () => openProposal(database),
    propose: (proposal) => propose(database, proposal),
    isCoolingDown: async (coolDown) => isCoolingDown(database, await rolloutOf(database), coolDown),
    refusedChanges: (now) => refusedChanges(database, now),
    decide: (decision, now) => decideProposal(database, decision, now),
    canaryLook: (rollout, now, most) => canaryLook(database, rollout, now, most),
    endTrial: (end) => endTrial(database, end),
  };
}

/** The versions of limits of an installation: which are in force, their history, and their audit log. */
import type { LimitsAuditEntry, LimitsRollout, LimitsVersion } from '../../workflows/contract/limits/limits-schema.ts';
import type { LimitsChange } from '../../workflows/contract/limits/limits-version.ts';
import type { Database } from '../database/database.ts';
import {
  rollBackLimits,
  rolloutOf,
  setLimits,
  versionOf,
  type ChangeTaken,
  type OperatorsChange,
} from './limits-changes.ts';
import { readAuditEntry, readVersion } from './stored-limits.ts';

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
  rollBack(change: OperatorsChange & { readonly to: number | null }): Promise<ChangeTaken>;
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
  };
}

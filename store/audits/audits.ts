/** What audits read of all tenants: their lead magnets, what was recorded of runs, and the limits that are in force. */
import { sql } from 'kysely';
import { builtInVersion, type LimitsByKind } from '../../workflows/contract/limits/limits-version.ts';
import type { Database } from '../database/database.ts';
import { rolloutOf, versionOf } from '../limits/limits-changes.ts';
import { newestLeadMagnets, type LeadMagnetName, type NewestLeadMagnet } from './newest-lead-magnets.ts';
import {
  countRunsOfLeadMagnet,
  coldStarts,
  recordedWorks,
  type ColdStarts,
  type RecordedWork,
} from './recorded-runs.ts';

/** A version of limits that new jobs may get. */
export interface LimitsInUse {
  readonly version: number;
  readonly overrides: LimitsByKind;
}

export interface Audits {
  /** The newest version of every lead magnet after a name, in the order of tenants and slugs. */
  leadMagnets(after?: LeadMagnetName): AsyncGenerator<NewestLeadMagnet>;
  /** How many runs of a kind of step of a lead magnet have ended since then. */
  runsOf(leadMagnet: LeadMagnetName, work: string, since: Date): Promise<number>;
  /** All kinds of work with runs that have ended since then. */
  works(since: Date): Promise<readonly RecordedWork[]>;
  /** Of the newest runs of a kind of step: how many started a browser or a sandbox, and how many had one at once. */
  coldStarts(work: string, since: Date): Promise<ColdStarts>;
  /** Jobs that have ended since then because they reached the limit of the whole job. */
  jobsOutOfTime(since: Date): Promise<number>;
  /** What new jobs get now: one version, or two while one is tried. */
  limitsInUse(): Promise<readonly LimitsInUse[]>;
}

/** `database` is bound to no tenant. */
export function createAudits(database: Database): Audits {
  return {
    leadMagnets: (after = { tenant: '', slug: '' }) => newestLeadMagnets(database, after),
    runsOf: ({ tenant, slug }, work, since) =>
      countRunsOfLeadMagnet(database, { tenant, slug, work, since: since.getTime() }),
    works: (since) => recordedWorks(database, since.getTime()),
    coldStarts: (work, since) => coldStarts(database, work, since.getTime()),
    async jobsOutOfTime(since) {
      const { count } = await database
        .selectFrom('jobs')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        // A literal, not a parameter: only then is the partial index of these jobs used.
        .where('outcome', '=', sql.lit('timed_out'))
        .where('ended_at', '>=', since.toISOString())
        .executeTakeFirstOrThrow();
      return count;
    },
    async limitsInUse() {
      const { stable, candidate } = await rolloutOf(database);
      const numbers = candidate === null ? [stable] : [stable, candidate];
      return Promise.all(
        numbers.map(async (version) => {
          const found = version === builtInVersion ? null : await versionOf(database, version);
          return { version, overrides: found?.overrides ?? {} };
        }),
      );
    },
  };
}

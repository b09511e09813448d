/** Which version of limits a job gets when it is accepted. */
import type { PinnedLimits } from '../../workflows/contract/limits/limits-version.ts';
import type { Database } from '../database/database.ts';
import { isInCanary } from './canary-share.ts';
import { readKnownOverrides } from './stored-limits.ts';

export interface PinnedLimitsOfJobs {
  /** For a job that is about to be accepted. Undefined is the built-in table. */
  forNewJob(jobId: string): Promise<PinnedLimits | undefined>;
}

export function createPinnedLimits(database: Database): PinnedLimitsOfJobs {
  return {
    async forNewJob(jobId) {
      const rows = await database
        .selectFrom('limits_rollout')
        .innerJoin('limits_versions', (join) =>
          join.on((on) =>
            on.or([
              on('limits_versions.number', '=', on.ref('limits_rollout.stable')),
              on('limits_versions.number', '=', on.ref('limits_rollout.candidate')),
            ]),
          ),
        )
        .select(['stable', 'candidate', 'percent', 'salt', 'number', 'overrides'])
        .execute();
      const [first] = rows;
      // Version 0 has no row.
      if (first === undefined) return undefined;
      const { stable, candidate, percent, salt } = first;
      const isTried = candidate !== null && salt !== null && isInCanary(jobId, salt, percent);
      const version = isTried ? candidate : stable;
      const chosen = rows.find(({ number }) => number === version);
      return chosen && { version, overrides: readKnownOverrides(version, chosen.overrides) };
    },
  };
}

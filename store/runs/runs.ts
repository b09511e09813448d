/** What one tenant reads of its runs. Reports over all tenants have queries of their own. */
import type { Run } from '../../workflows/contract/runs/run.ts';
import type { Database } from '../database/database.ts';
import { runOf } from './run-row.ts';

export interface Runs {
  /** The runs of a job, a tool request, a batch or an experiment, in the order in which they ended; at most `limit`. */
  ofOwner(ownerId: string, limit: number): Promise<readonly Run[]>;
}

export function createRuns(database: Database): Runs {
  return {
    async ofOwner(ownerId, limit) {
      const rows = await database
        .selectFrom('runs')
        .selectAll()
        .where('owner_id', '=', ownerId)
        .orderBy('ended_ms')
        .orderBy('key')
        .limit(limit)
        .execute();
      return rows.map(runOf);
    },
  };
}

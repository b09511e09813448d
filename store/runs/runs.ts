/** What one tenant reads of its runs. Reports over all tenants have queries of their own. */
import type { Run } from '../../workflows/contract/runs/run.ts';
import type { Database } from '../database/database.ts';
import { runOf } from './run-row.ts';
import type { RunWindow } from './run-rows.ts';

export interface RunQuery extends RunWindow {
  readonly of?: Pick<Run, 'kind' | 'work'> | undefined;
  readonly leadMagnet?: string | undefined;
  readonly limit: number;
}

export interface Runs {
  /** The runs of a job, a tool request, a batch or an experiment, in the order in which they ended; at most `limit`. */
  ofOwner(ownerId: string, limit: number): Promise<readonly Run[]>;
  /** Those that ended last in a window of time, the last one first. */
  newest(query: RunQuery): Promise<readonly Run[]>;
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
    async newest({ fromMs, toMs, of, leadMagnet, limit }) {
      let query = database.selectFrom('runs').selectAll().where('ended_ms', '>=', fromMs).where('ended_ms', '<', toMs);
      if (of !== undefined) query = query.where('kind', '=', of.kind).where('work', '=', of.work);
      if (leadMagnet !== undefined) query = query.where('lead_magnet', '=', leadMagnet);
      const rows = await query.orderBy('ended_ms', 'desc').limit(limit).execute();
      return rows.map(runOf);
    },
  };
}

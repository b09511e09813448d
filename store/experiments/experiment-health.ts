/** How experiments of all tenants fare: how many fail, and how many wait for a worker. For alerts and metrics. */
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

export interface ExperimentHealth {
  /** Since a time: those that have ended and were not cancelled, and how many of them are not completed. */
  endsSince(since: Date): Promise<{ readonly ended: number; readonly failed: number }>;
  /** Those that no worker has begun. */
  waiting(): Promise<{ readonly count: number; readonly oldestAt: string | null }>;
  /** How many of them were accepted before this moment: all tenants wait for the same workers. */
  waitingBefore(acceptedAt: string): Promise<number>;
}

export function createExperimentHealth(database: Database): ExperimentHealth {
  return {
    async endsSince(since) {
      const rows = await database
        .selectFrom('experiments')
        .select(({ fn }) => ['state', fn.countAll<number>().as('experiments')])
        .where('ended_at', '>=', since.toISOString())
        .groupBy('state')
        .execute();
      const counted = rows.filter(({ state }) => state !== 'cancelled');
      const sum = (some: typeof rows): number => some.reduce((total, { experiments }) => total + experiments, 0);
      return { ended: sum(counted), failed: sum(counted.filter(({ state }) => state !== 'completed')) };
    },
    async waiting() {
      const row = await database
        .selectFrom('experiments')
        .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min('accepted_at').as('oldestAt')])
        // A literal: its index is of these rows alone.
        .where('state', '=', sql.lit('created'))
        .executeTakeFirstOrThrow();
      return { count: row.count, oldestAt: row.oldestAt };
    },
    async waitingBefore(acceptedAt) {
      const { before } = await database
        .selectFrom('experiments')
        .select(({ fn }) => fn.countAll<number>().as('before'))
        .where('state', '=', sql.lit('created'))
        .where('accepted_at', '<', acceptedAt)
        .executeTakeFirstOrThrow();
      return before;
    },
  };
}

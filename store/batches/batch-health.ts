/** Queries of the reconciliation, across tenants: items with an uncertain outcome, and batches and items that need attention. */
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

export interface OrphanedItem {
  readonly tenant: string;
  readonly batchId: string;
  readonly position: number;
  readonly responseId: string;
}

export interface LostItem {
  readonly tenant: string;
  readonly batchId: string;
  readonly position: number;
  readonly attempts: number;
}

export interface BatchHealth {
  /** Items that ended as `uncertain` since a time and whose response's id has become known; newest first. */
  orphans(since: number, limit: number): Promise<readonly OrphanedItem[]>;
  /** Items that ended as `uncertain` since a time and whose response's id is not known. */
  lost(since: number, limit: number): Promise<readonly LostItem[]>;
  /** P20: items under way since before a time. */
  stuckItems(before: number): Promise<number>;
  /** P21: items that failed since a time after at least this number of attempts. */
  muchTried(attempts: number, since: number): Promise<number>;
  /** P22: ids of batches that were started before a time and have not ended. */
  longBatches(before: Date): Promise<readonly string[]>;
}

/** How much longer than other items an item of an economy batch may be under way. */
const economyMilliseconds = 2 * 3_600_000;

/** A literal, not a parameter: only then is the partial index of uncertain items used. */
const isUncertain = sql<boolean>`status = 'uncertain'`;

export function createBatchHealth(database: Database): BatchHealth {
  return {
    async orphans(since, limit) {
      const rows = await database
        .selectFrom('batch_items')
        .select(['tenant', 'batch_id', 'position', 'response_id'])
        .where(isUncertain)
        .where('response_id', 'is not', null)
        .where('ended_ms', '>=', since)
        .orderBy('ended_ms', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        tenant: row.tenant,
        batchId: row.batch_id,
        position: row.position,
        responseId: row.response_id ?? '',
      }));
    },
    async lost(since, limit) {
      const rows = await database
        .selectFrom('batch_items')
        .select(['tenant', 'batch_id', 'position', 'attempts'])
        .where(isUncertain)
        .where('response_id', 'is', null)
        .where('ended_ms', '>=', since)
        .orderBy('ended_ms', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ tenant, batch_id: batchId, position, attempts }) => ({ tenant, batchId, position, attempts }));
    },
    // A cross join is taken in its order: batches first, so that no item of one that ended long ago is looked at.
    async stuckItems(before) {
      const { count } = await database
        .selectFrom('batches')
        .crossJoin('batch_items')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('batch_items.batch_id', '=', 'batches.id')
        .where('batches.state', '!=', 'ended')
        .where('batch_items.status', 'in', ['intended', 'submitted', 'pending'])
        .where(
          // The provider's batch API may take a day; a provider batch that exceeds it is cancelled well before this time.
          sql<boolean>`case when batches.mode = 'economy'
            then intended_ms < ${before - economyMilliseconds} else submitted_ms < ${before} end`,
        )
        .executeTakeFirstOrThrow();
      return count;
    },
    async muchTried(attempts, since) {
      const { count } = await database
        .selectFrom('batches')
        .crossJoin('batch_items')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('batch_items.batch_id', '=', 'batches.id')
        .where((where) =>
          where.or([
            where('batches.state', '!=', 'ended'),
            where('batches.ended_at', '>=', new Date(since).toISOString()),
          ]),
        )
        .where('batch_items.status', '=', 'failed')
        .where('batch_items.attempts', '>=', attempts)
        .where('batch_items.ended_ms', '>=', since)
        .executeTakeFirstOrThrow();
      return count;
    },
    async longBatches(before) {
      const rows = await database
        .selectFrom('batches')
        .select('id')
        .where('state', 'in', ['running', 'paused', 'stopping'])
        .where(sql<boolean>`started_at < ${before.toISOString()}`)
        .orderBy('started_at')
        .execute();
      return rows.map(({ id }) => id);
    },
  };
}

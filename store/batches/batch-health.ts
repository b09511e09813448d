/** Queries of the reconciliation: items with an uncertain outcome, and batches and items that need attention. */
import { sql } from 'kysely';
import type { Reason } from '../../workflows/contract/failures.ts';
import type { JsonValue } from '../../workflows/contract/json/json.ts';
import type { Usage } from '../../workflows/contract/usage.ts';
import type { Artifacts } from '../artifacts/artifacts.ts';
import type { Database } from '../database/database.ts';
import { jsonText } from '../database/expressions.ts';

export interface OrphanedItem {
  readonly batchId: string;
  readonly position: number;
  readonly responseId: string;
}

export interface LostItem {
  readonly batchId: string;
  readonly position: number;
  readonly attempts: number;
}

export type LateEnd = { readonly usage: Usage; readonly now: number } & (
  | { readonly output: JsonValue; readonly reason: null }
  | { readonly output: null; readonly reason: Reason }
);

export interface BatchHealth {
  /** Items that ended as `uncertain` since a time and whose response's id has become known; newest first. */
  orphans(since: number, limit: number): Promise<readonly OrphanedItem[]>;
  /** Items that ended as `uncertain` since a time and whose response's id is not known. */
  lost(since: number, limit: number): Promise<readonly LostItem[]>;
  /**
   * Records the outcome of an uncertain item's call: its answer, or the reason why it has none. The item's cost stays the
   * reserved amount that was booked before.
   */
  recover(item: OrphanedItem, end: LateEnd): Promise<void>;
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

export function createBatchHealth(database: Database, artifacts: Artifacts): BatchHealth {
  return {
    async orphans(since, limit) {
      const rows = await database
        .selectFrom('batch_items')
        .select(['batch_id', 'position', 'response_id'])
        .where(isUncertain)
        .where('response_id', 'is not', null)
        .where('ended_ms', '>=', since)
        .orderBy('ended_ms', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ batchId: row.batch_id, position: row.position, responseId: row.response_id ?? '' }));
    },
    async lost(since, limit) {
      const rows = await database
        .selectFrom('batch_items')
        .select(['batch_id', 'position', 'attempts'])
        .where(isUncertain)
        .where('response_id', 'is', null)
        .where('ended_ms', '>=', since)
        .orderBy('ended_ms', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ batch_id: batchId, position, attempts }) => ({ batchId, position, attempts }));
    },
    async recover({ batchId, position, responseId }, { output, reason, usage, now }) {
      const isAnswer = reason === null;
      const content = isAnswer ? await artifacts.putContent(Buffer.from(JSON.stringify(output))) : null;
      await database
        .updateTable('batch_items')
        .set({
          status: isAnswer ? 'succeeded' : 'failed',
          error: isAnswer ? null : JSON.stringify(reason),
          output_sha256: content?.sha256 ?? null,
          ended_ms: now,
          input_tokens: usage.inputTokens,
          cached_input_tokens: usage.cachedInputTokens,
          output_tokens: usage.outputTokens,
        })
        .where('batch_id', '=', batchId)
        .where('position', '=', position)
        .where('status', '=', 'uncertain')
        .where('response_id', '=', responseId)
        .execute();
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
          sql<boolean>`case when ${jsonText(database, 'batches.definition', 'mode')} = 'economy'
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

/** Items that have not ended, and the statement by which a partition takes some. */
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { BatchItemInputSchema, type BatchItemInput } from '../../../workflows/contract/batches/schema.ts';
import { isNewestGeneration, type FencingToken } from '../partitions/batch-fencing.ts';
import type { Database, Tables } from '../../database/database.ts';
import { isPostgres } from '../../database/kind.ts';

export const openStatuses = ['pending', 'intended', 'submitted'] as const;

/** An item that has not ended. */
export interface OpenItem {
  readonly position: number;
  readonly item: BatchItemInput;
  readonly status: 'pending' | 'intended' | 'submitted';
  readonly attempts: number;
  readonly responseId: string | null;
  /** Milliseconds since the epoch; null when it may be submitted at once. */
  readonly nextAttemptAt: number | null;
  readonly createdAt: number;
  /** When it was first submitted; null when it never was. */
  readonly submittedAt: number | null;
  /** When the newest submission was admitted; null when none was. */
  readonly intendedAt: number | null;
}

/**
 * Takes pending items below a position, in order, for which `which` holds, a condition on the table alias `pending`. Returns
 * none when a newer attempt of the partition has begun. The status is a literal: only then is the partial index of pending
 * items used.
 */
export async function takeItems(
  database: Database,
  key: FencingToken,
  { until, count, which }: { until: number; count: number; which: RawBuilder<unknown> },
): Promise<readonly OpenItem[]> {
  const rows = await database
    .with('chosen', (build) =>
      build
        .selectFrom('batch_items as pending')
        .select('pending.position')
        .where('pending.batch_id', '=', key.batchId)
        .where(sql<boolean>`pending.status = 'pending'`)
        .where('pending.position', '<', until)
        .where(sql<boolean>`(${which})`)
        .orderBy('pending.position')
        .limit(count)
        // What another partition is taking at this moment is its own.
        .$if(isPostgres(database), (query) => query.forUpdate().skipLocked()),
    )
    .updateTable('batch_items')
    .set({ partition: key.partition })
    .where('batch_id', '=', key.batchId)
    .where('position', 'in', (build) => build.selectFrom('chosen').select('chosen.position'))
    // Not also by what the selection has judged: SQLite would read the whole batch by another index.
    .where(isNewestGeneration(database, key))
    .returningAll()
    .execute();
  return rows.map(itemOf).sort((left, right) => left.position - right.position);
}

/** Converts the row of an open item. */
export function itemOf(row: Selectable<Tables['batch_items']>): OpenItem {
  const status = openStatuses.find((open) => open === row.status);
  if (status === undefined) throw new Error(`item ${row.position} of ${row.batch_id} has ended`);
  return {
    position: row.position,
    item: BatchItemInputSchema.parse(JSON.parse(row.item)),
    status,
    attempts: row.attempts,
    responseId: row.response_id,
    nextAttemptAt: row.next_attempt_ms,
    createdAt: row.created_ms,
    submittedAt: row.submitted_ms,
    intendedAt: row.intended_ms,
  };
}

/** Builds the view of a batch that clients see, from its row and the counts of its items by status. */
import { sql, type Selectable } from 'kysely';
import { batchItemStatuses, noBatchCounts, type BatchCounts } from '../../workflows/contract/batches/batch.ts';
import {
  BatchDefinitionSchema,
  BatchLimitsSchema,
  BatchPauseSchema,
  BatchViewSchema,
  type BatchDefinition,
  type BatchView,
} from '../../workflows/contract/batches/schema.ts';
import { toUsd } from '../database/tables/batch-tables.ts';
import { isBeingCancelled, isBeingReopened } from './batch-with-items.ts';
import type { Database, Tables } from '../database/database.ts';

export function definitionOf(row: Selectable<Tables['batches']>): BatchDefinition {
  const rest = BatchDefinitionSchema.omit({ limits: true }).parse(JSON.parse(row.definition));
  return { ...rest, limits: BatchLimitsSchema.parse(JSON.parse(row.limits)) };
}

export async function viewOf(database: Database, row: Selectable<Tables['batches']>): Promise<BatchView> {
  const [counts, { flagged }] = await Promise.all([
    countItems(database, row.id),
    database
      .selectFrom('batch_items')
      .select(({ fn }) => fn.countAll<number>().as('flagged'))
      .where('batch_id', '=', row.id)
      // A literal, not a parameter: only then is the partial index of flagged items used.
      .where(sql<boolean>`flagged = 1`)
      .executeTakeFirstOrThrow(),
  ]);
  return BatchViewSchema.parse({
    id: row.id,
    tenant: row.tenant,
    definition: definitionOf(row),
    state: row.state,
    isReopening: isBeingReopened(row.whole_change),
    outcome: row.outcome,
    reason: row.reason === null ? null : JSON.parse(row.reason),
    pause: row.pause === null ? null : BatchPauseSchema.parse(JSON.parse(row.pause)),
    itemCount: row.state === 'importing' ? row.next_position : row.item_count,
    counts: isBeingCancelled(row.whole_change) ? asCancelled(counts) : counts,
    flagged,
    spentUsd: toUsd(row.spent_nano),
    reservedUsd: toUsd(row.reserved_nano),
    estimateUsd: row.estimate_nano === null ? null : toUsd(row.estimate_nano),
    worstUsd: row.worst_nano === null ? null : toUsd(row.worst_nano),
    continuations: row.continuations,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    version: row.version,
  });
}

/** The items of a batch that is being cancelled, as they soon will be. */
function asCancelled({ cancelled, pending, ...counts }: BatchCounts): BatchCounts {
  return { ...counts, pending: 0, cancelled: cancelled + pending };
}

export async function countItems(database: Database, id: string): Promise<BatchCounts> {
  const rows = await database
    .selectFrom('batch_items')
    .innerJoin('batches', 'batches.id', 'batch_items.batch_id')
    .select(({ fn }) => ['status', fn.countAll<number>().as('count')])
    .where('batch_id', '=', id)
    // Items of an append that has not taken effect are not counted; while the batch is importing, all items are.
    .where((expression) =>
      expression.or([
        expression('position', '<', expression.ref('item_count')),
        expression('batches.state', '=', 'importing'),
      ]),
    )
    .groupBy('status')
    .execute();
  const found = new Map(rows.map(({ status, count }) => [status, count]));
  const counts = noBatchCounts();
  for (const status of batchItemStatuses) counts[status] = found.get(status) ?? 0;
  return counts;
}

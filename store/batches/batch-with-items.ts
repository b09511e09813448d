/** Changes a batch together with all its items: cancels it before it has begun, reopens it, or removes it. */
import type { Reason } from '../../workflows/contract/failures.ts';
import type { Database } from '../database/database.ts';
import { errorColumns, reasonText } from '../database/reason-columns.ts';
import { inTransaction, lockBatch } from '../database/transactions.ts';
import { insertEvent } from '../jobs/events.ts';

const tables = [
  'batch_items',
  'batch_partitions',
  'batch_minutes',
  'provider_batches',
  'batch_uploads',
  'batch_waits',
] as const;

export async function reopenBatch(
  database: Database,
  id: string,
  { uncertain, now }: { readonly uncertain: boolean; readonly now: Date },
): Promise<number> {
  return inTransaction(database, lockBatch(id), async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('batch_items')
      .set({
        status: 'pending',
        attempts: 0,
        partition: null,
        response_id: null,
        next_attempt_ms: null,
        ...errorColumns(null),
        created_ms: now.getTime(),
        submitted_ms: null,
        intended_ms: null,
        ended_ms: null,
      })
      .where('batch_id', '=', id)
      .where('status', 'in', ['failed', 'timed_out', ...(uncertain ? ['uncertain'] : [])])
      .where((expression) =>
        expression.exists(
          expression.selectFrom('batches').select('id').where('id', '=', id).where('state', '=', 'ended'),
        ),
      )
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return 0;
    await transaction
      .updateTable('batches')
      .set((expression) => ({
        state: 'queued',
        outcome: null,
        reason: null,
        pause: null,
        started_at: null,
        ended_at: null,
        files_removed_after_days: null,
        version: expression('version', '+', 1),
      }))
      .where('id', '=', id)
      .execute();
    return Number(numUpdatedRows);
  });
}

export async function cancelWaiting(
  database: Database,
  id: string,
  { reason, now }: { readonly reason: Reason; readonly now: Date },
): Promise<boolean> {
  return inTransaction(database, lockBatch(id), async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('batches')
      .set((expression) => ({
        state: 'ended',
        outcome: 'cancelled',
        reason: reasonText(reason),
        pause: null,
        ended_at: now.toISOString(),
        version: expression('version', '+', 1),
      }))
      .where('id', '=', id)
      .where('state', '=', 'queued')
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return false;
    await transaction
      .updateTable('batch_items')
      .set({ status: 'cancelled', ...errorColumns(reason), next_attempt_ms: null, ended_ms: now.getTime() })
      .where('batch_id', '=', id)
      .where('status', '=', 'pending')
      .execute();
    await insertEvent(transaction, { jobId: id, type: 'batch.ended', message: reason.message });
    return true;
  });
}

export async function removeBatch(database: Database, id: string): Promise<boolean> {
  return inTransaction(database, lockBatch(id), async (transaction) => {
    const { numDeletedRows } = await transaction
      .deleteFrom('batches')
      .where('id', '=', id)
      .where('state', 'in', ['ended', 'importing'])
      .executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) return false;
    for (const table of tables) {
      await transaction.deleteFrom(table).where('batch_id', '=', id).execute();
    }
    await transaction.deleteFrom('events').where('job_id', '=', id).execute();
    return true;
  });
}

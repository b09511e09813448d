/**
 * Uploads of items to batches, each under a key: one that is sent again, because its answer was lost, adds nothing twice,
 * and what a process that died has left of one is no part of the batch.
 */
import { sql, type Transaction } from 'kysely';
import type { Database, Tables } from '../database/database.ts';
import { inTransaction, lockBatch } from '../database/transactions.ts';

/** An upload whose items belong to the batch. */
export interface KnownUpload {
  /** Items. */
  readonly added: number;
  /** SHA-256 of what was sent, in hex. */
  readonly digest: string;
}

export interface BatchUploads {
  /** Null when there was none under the key, or what there was has not become part of the batch. */
  find(batchId: string, key: string): Promise<KnownUpload | null>;
  /** Written before the first item: what follows is this upload's until it is stored. Call `discardBroken` before. */
  begin(batchId: string, key: string): Promise<void>;
  /** All items of the upload are stored, those of an append behind the batch's last. */
  stored(batchId: string, key: string, upload: { readonly to: number; readonly digest: string }): Promise<void>;
  /** Removes what uploads have left that broke off, and items that no append took in. No upload may be under way. */
  discardBroken(batchId: string): Promise<void>;
}

export function createBatchUploads(database: Database): BatchUploads {
  return {
    async find(batchId, key) {
      const row = await database
        .selectFrom('batch_uploads')
        .innerJoin('batches', 'batches.id', 'batch_uploads.batch_id')
        .select(['first_position', 'end_position', 'digest', 'state', 'item_count'])
        .where('batch_id', '=', batchId)
        .where('key', '=', key)
        .executeTakeFirst();
      if (row?.end_position == null || row.digest === null) return null;
      if (row.state !== 'importing' && row.end_position > row.item_count) return null;
      return { added: row.end_position - row.first_position, digest: row.digest };
    },
    async begin(batchId, key) {
      await sql`insert into batch_uploads (batch_id, key, first_position, end_position, digest)
        select id, ${key}, next_position, null, null from batches where id = ${batchId}`.execute(database);
    },
    async stored(batchId, key, { to, digest }) {
      await database
        .updateTable('batch_uploads')
        .set({ end_position: to, digest })
        .where('batch_id', '=', batchId)
        .where('key', '=', key)
        .execute();
    },
    discardBroken: (batchId) =>
      inTransaction(database, lockBatch(batchId), (transaction) => discard(transaction, batchId)),
  };
}

/** While a batch is importing, whole uploads are its own; after that, what its workflow has taken in. */
async function discard(transaction: Transaction<Tables>, batchId: string): Promise<void> {
  await sql`update batches set next_position = case when state != 'importing' then item_count else
    coalesce((select min(first_position) from batch_uploads where batch_id = ${batchId} and end_position is null),
      next_position) end
    where id = ${batchId}`.execute(transaction);
  const kept = sql<number>`(select next_position from batches where id = ${batchId})`;
  await transaction.deleteFrom('batch_items').where('batch_id', '=', batchId).where('position', '>=', kept).execute();
  await transaction
    .deleteFrom('batch_uploads')
    .where('batch_id', '=', batchId)
    .where((expression) =>
      expression.or([expression('end_position', 'is', null), expression('end_position', '>', kept)]),
    )
    .execute();
}

/**
 * Uploads of items to batches, each with an idempotency key: an upload that is repeated adds nothing twice, and items of an
 * upload that broke off do not become part of the batch.
 */
import { type Transaction } from 'kysely';
import type { Database, Tables } from '../../database/database.ts';
import { inTransaction, lockBatch } from '../../database/transactions.ts';
import { inPortions, type Portion } from '../in-portions.ts';

/** An upload whose items belong to the batch. */
export interface KnownUpload {
  /** Number of items. */
  readonly added: number;
  /** SHA-256 of the uploaded bytes, in hex. */
  readonly digest: string;
}

export interface BatchUploads {
  /** The upload with a key; null when there is none or its items did not become part of the batch. */
  find(batchId: string, key: string): Promise<KnownUpload | null>;
  /** Marks where the upload's items begin; call it before the first item is stored, and `discardBroken` before it. */
  begin(batchId: string, key: string): Promise<void>;
  /** Marks that all items of the upload are stored. */
  stored(batchId: string, key: string, upload: { readonly to: number; readonly digest: string }): Promise<void>;
  /** Removes items of uploads that broke off, and items of appends that did not take effect. No upload may be under way. */
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
      await database
        .insertInto('batch_uploads')
        .columns(['batch_id', 'key', 'first_position', 'end_position', 'digest'])
        .expression((build) =>
          build
            .selectFrom('batches')
            .select((row) => [
              'id',
              row.val(key).as('key'),
              'next_position',
              row.val(null).as('end_position'),
              row.val(null).as('digest'),
            ])
            .where('id', '=', batchId),
        )
        .execute();
    },
    async stored(batchId, key, { to, digest }) {
      await database
        .updateTable('batch_uploads')
        .set({ end_position: to, digest })
        .where('batch_id', '=', batchId)
        .where('key', '=', key)
        .execute();
    },
    async discardBroken(batchId) {
      const discardPortion = async (transaction: Transaction<Tables>, { from, to }: Portion): Promise<bigint> => {
        const kept = (await keptItems(transaction, batchId)) ?? 0;
        const { numDeletedRows } = await transaction
          .deleteFrom('batch_items')
          .where('batch_id', '=', batchId)
          .where('position', '>=', Math.max(from, kept))
          .where('position', '<', to)
          .executeTakeFirstOrThrow();
        return numDeletedRows;
      };
      await inPortions(database, batchId, discardPortion, await keptItems(database, batchId));
      await inTransaction(database, lockBatch(batchId), (transaction) => discard(transaction, batchId));
    },
  };
}

/** Keeps, while the batch is importing, the items of complete uploads; later, the items that its workflow has accepted. */
async function keptItems(database: Database, batchId: string): Promise<number | undefined> {
  const row = await database
    .selectFrom('batches')
    .select((batch) =>
      batch
        .case()
        .when('state', '!=', 'importing')
        .then(batch.ref('item_count'))
        .else(
          batch.fn.coalesce(
            batch
              .selectFrom('batch_uploads')
              .select(({ fn }) => fn.min('first_position').as('first'))
              .where('batch_id', '=', batchId)
              .where('end_position', 'is', null),
            'next_position',
          ),
        )
        .end()
        .as('kept'),
    )
    .where('id', '=', batchId)
    .executeTakeFirst();
  return row?.kept;
}

async function discard(transaction: Transaction<Tables>, batchId: string): Promise<void> {
  const kept = await keptItems(transaction, batchId);
  if (kept === undefined) throw new Error(`there is no batch ${batchId}`);
  await transaction.updateTable('batches').set({ next_position: kept }).where('id', '=', batchId).execute();
  await transaction.deleteFrom('batch_items').where('batch_id', '=', batchId).where('position', '>=', kept).execute();
  await transaction
    .deleteFrom('batch_uploads')
    .where('batch_id', '=', batchId)
    .where((expression) =>
      expression.or([expression('end_position', 'is', null), expression('end_position', '>', kept)]),
    )
    .execute();
}

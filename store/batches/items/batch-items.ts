/**
 * Imports and exports the items of batches as streams, with at most one chunk of them in memory. What partitions do with items
 * is in `batch-partitions.ts`.
 */
import { sql, type NotNull, type Selectable } from 'kysely';
import type { BatchItemStatus } from '../../../workflows/contract/batches/batch.ts';
import {
  BatchItemViewSchema,
  type BatchItemInput,
  type BatchItemView,
} from '../../../workflows/contract/batches/schema.ts';
import type { Artifacts } from '../../artifacts/artifacts.ts';
import { toUsd } from '../../database/tables/batch-tables.ts';
import type { Database, Tables } from '../../database/database.ts';
import { inTransaction, lockBatch } from '../../database/transactions.ts';
import { renewUploadLock, type UploadLock } from '../uploads/upload-locks.ts';

/** Most items that one transaction stores. */
const chunkSize = 500;
/** Items that an export reads at once: at most 30 MB, when all have the largest size. */
const exportedRows = 100;
/** Largest item, in bytes of its JSON. */
export const maximumItemBytes = 256 * 1024;
/** Bytes of items after which a transaction ends. */
const chunkBytes = 4 * 1024 * 1024;

export interface ItemRange {
  /** The first new position. */
  readonly from: number;
  /** The position after the last: the batch's item count when these items belong to it. */
  readonly to: number;
}

export interface BatchItems {
  /**
   * Stores items after the existing ones, one chunk a transaction. When the batch is not `importing`, they belong to it only
   * after the workflow has accepted them (`appendToBatch` with `itemCount: to`). Throws when an item is too large (the message
   * has its number) and when the batch has ended; chunks that were stored before stay. Throws `Superseded` when `lock` was
   * lost to another upload.
   */
  import(
    batchId: string,
    items: AsyncIterable<BatchItemInput> | Iterable<BatchItemInput>,
    lock?: UploadLock,
  ): Promise<ItemRange>;
  /** Items that ended at or after a time, in milliseconds since the epoch. */
  endedSince(batchId: string, since: number): Promise<number>;
  /** All items with their results so far, in order. */
  export(batchId: string, statuses?: readonly BatchItemStatus[]): AsyncIterable<BatchItemView>;
  /** A page of items after a position; null begins with the first item. */
  page(
    batchId: string,
    query: { readonly after: number | null; readonly limit: number; readonly statuses?: readonly BatchItemStatus[] },
  ): Promise<readonly BatchItemView[]>;
  /** How many items failed, by type of error, most frequent first. */
  failures(batchId: string): Promise<readonly { readonly type: string; readonly count: number }[]>;
  /** For the cost estimate: the number of items and the bytes of their JSON. */
  size(batchId: string): Promise<{ readonly items: number; readonly bytes: number }>;
}

export function createBatchItems(database: Database, artifacts: Artifacts): BatchItems {
  const rows = async (
    batchId: string,
    { after, limit, statuses }: Parameters<BatchItems['page']>[1],
  ): Promise<readonly ItemRow[]> => {
    let query = database
      .selectFrom('batch_items')
      .innerJoin('batches', 'batches.id', 'batch_items.batch_id')
      .selectAll('batch_items')
      .where('batch_id', '=', batchId)
      .where(sql<boolean>`(position < item_count or batches.state = 'importing')`);
    if (after !== null) query = query.where('position', '>', after);
    if (statuses !== undefined) query = query.where('status', 'in', statuses);
    return query.orderBy('position').limit(limit).execute();
  };
  return {
    page: async (batchId, query) => Promise.all((await rows(batchId, query)).map((row) => viewOf(artifacts, row))),
    import: (batchId, items, lock) => importItems(database, batchId, items, lock),
    async endedSince(batchId, since) {
      const { count } = await database
        .selectFrom('batch_items')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('batch_id', '=', batchId)
        .where('ended_ms', '>=', since)
        .executeTakeFirstOrThrow();
      return count;
    },
    async *export(batchId, statuses) {
      let after: number | null = null;
      for (;;) {
        const read: readonly ItemRow[] = await rows(batchId, {
          after,
          limit: exportedRows,
          ...(statuses === undefined ? {} : { statuses }),
        });
        // One at a time, so that only one large output is in memory.
        for (const row of read) yield await viewOf(artifacts, row);
        const last = read.at(-1);
        if (last === undefined || read.length < exportedRows) return;
        after = last.position;
      }
    },
    async failures(batchId) {
      return database
        .selectFrom('batch_items')
        .select(({ fn }) => ['error_type as type', fn.countAll<number>().as('count')])
        .where('batch_id', '=', batchId)
        .where('error_type', 'is not', null)
        .$narrowType<{ type: NotNull }>()
        .where('status', 'in', ['failed', 'timed_out', 'cancelled', 'uncertain'])
        .groupBy('error_type')
        .orderBy('count', 'desc')
        .execute();
    },
    async size(batchId) {
      const row = await database
        .selectFrom('batch_items')
        .select(({ fn }) => [
          fn.countAll<number>().as('items'),
          sql<number>`coalesce(sum(octet_length(item)), 0)`.as('bytes'),
        ])
        .where('batch_id', '=', batchId)
        .executeTakeFirstOrThrow();
      return { items: row.items, bytes: row.bytes };
    },
  };
}

async function importItems(
  database: Database,
  batchId: string,
  items: AsyncIterable<BatchItemInput> | Iterable<BatchItemInput>,
  lock: UploadLock | undefined,
): Promise<ItemRange> {
  let range: ItemRange | null = null;
  let chunk: string[] = [];
  let bytes = 0;
  let read = 0;
  const store = async (): Promise<void> => {
    const stored = await storeChunk(database, batchId, chunk, lock);
    range = { from: range?.from ?? stored.from, to: stored.to };
    chunk = [];
    bytes = 0;
  };
  for await (const item of items) {
    read += 1;
    const text = JSON.stringify(item);
    const size = Buffer.byteLength(text);
    if (size > maximumItemBytes)
      throw new Error(`item ${read} has ${size} bytes; at most ${maximumItemBytes} are taken`);
    chunk.push(text);
    bytes += size;
    if (chunk.length >= chunkSize || bytes >= chunkBytes) await store();
  }
  if (chunk.length > 0 || range === null) await store();
  return range ?? { from: 0, to: 0 };
}

/** Rows of one statement, which is prepared once. */
const rowsAtOnce = 50;

async function storeChunk(
  database: Database,
  batchId: string,
  texts: readonly string[],
  lock: UploadLock | undefined,
): Promise<ItemRange> {
  return inTransaction(database, lockBatch(batchId), async (transaction) => {
    const now = Date.now();
    if (lock !== undefined) await renewUploadLock(transaction, lock, now);
    const row = await transaction
      .updateTable('batches')
      .set((expression) => ({ next_position: expression('next_position', '+', texts.length) }))
      .where('id', '=', batchId)
      .where('state', '!=', 'ended')
      .returning('next_position')
      .executeTakeFirst();
    if (row === undefined) throw new Error(`the batch ${batchId} is not there, or has ended`);
    const to = row.next_position;
    const from = to - texts.length;
    for (let index = 0; index < texts.length; index += rowsAtOnce) {
      const rows = texts.slice(index, index + rowsAtOnce).map((item, place) => ({
        batch_id: batchId,
        position: from + index + place,
        item,
        status: 'pending',
        attempts: 0,
        reserved_nano: 0,
        reserved_minute: 0,
        flagged: 0,
        input_tokens: 0,
        cached_input_tokens: 0,
        output_tokens: 0,
        cost_nano: 0,
        created_ms: now,
      }));
      await transaction.insertInto('batch_items').values(rows).execute();
    }
    return { from, to };
  });
}

type ItemRow = Selectable<Tables['batch_items']>;

async function viewOf(artifacts: Artifacts, row: ItemRow): Promise<BatchItemView> {
  return BatchItemViewSchema.parse({
    position: row.position,
    status: row.status,
    item: JSON.parse(row.item),
    output: await outputOf(artifacts, row),
    outputRemovedAfterDays: row.output_removed_after_days,
    attempts: row.attempts,
    responseId: row.response_id,
    flagged: row.flagged === 1,
    inputTokens: row.input_tokens,
    cachedInputTokens: row.cached_input_tokens,
    outputTokens: row.output_tokens,
    costUsd: toUsd(row.cost_nano),
    error: row.error === null ? null : JSON.parse(row.error),
    createdAt: new Date(row.created_ms).toISOString(),
    submittedAt: row.submitted_ms === null ? null : new Date(row.submitted_ms).toISOString(),
    endedAt: row.ended_ms === null ? null : new Date(row.ended_ms).toISOString(),
  });
}

async function outputOf(artifacts: Artifacts, row: ItemRow): Promise<unknown> {
  if (row.output !== null) return JSON.parse(row.output);
  if (row.output_sha256 === null) return null;
  return JSON.parse((await artifacts.getContent(row.output_sha256)).toString('utf8'));
}

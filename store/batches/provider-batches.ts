/**
 * The provider batches of an economy batch: each is a file of items that was submitted to the provider's batch API. A row is
 * written before each call to the provider and updated with the returned id after it, so that a later attempt finds what an
 * earlier one began. The items are `intended` until the provider has returned the batch's id, then `submitted` with that id.
 */
import { sql, type Selectable, type Transaction } from 'kysely';
import { z } from 'zod';
import { awaitsOrHas, beginGeneration, isNewestGeneration, type FencingToken } from './partitions/batch-fencing.ts';
import { itemOf, takeItems, type OpenItem } from './items/open-items.ts';
import type { Database, Tables } from '../database/database.ts';
import { notByIndex } from '../database/expressions.ts';
import { inTransaction, noLock, persistently } from '../database/transactions.ts';
import { Superseded } from '../jobs/ledger.ts';

const ProviderBatchStateSchema = z.enum(['intended', 'running', 'ended']);

export interface ProviderBatch {
  /** Number within the batch, from 1. */
  readonly number: number;
  readonly state: z.infer<typeof ProviderBatchStateSchema>;
  /** How many times the upload, and the creation, was begun. */
  readonly uploads: number;
  readonly creations: number;
  readonly fileId: string | null;
  /** The provider's id of its batch. */
  readonly providerId: string | null;
  readonly createdAt: number;
  /** When its cancellation was requested; null when it was not. */
  readonly cancelledAt: number | null;
}

export interface ProviderBatches {
  /** Begins an attempt and fences off earlier ones. */
  begin(batchId: string): Promise<FencingToken>;
  /** The provider batches that have not ended, in order. */
  open(key: FencingToken): Promise<readonly ProviderBatch[]>;
  /** Takes up to `count` items below a position whose next attempt is due, in order. */
  take(key: FencingToken, request: { until: number; now: number; count: number }): Promise<readonly OpenItem[]>;
  /** Adds a provider batch for the items with status `intended`. */
  add(key: FencingToken, now: number): Promise<ProviderBatch>;
  change(
    key: FencingToken,
    number: number,
    change: Partial<Pick<ProviderBatch, 'state' | 'uploads' | 'creations' | 'fileId' | 'cancelledAt'>>,
  ): Promise<void>;
  /** Stores the provider's id and sets the `intended` items to `submitted` with it, in one transaction. */
  submitted(key: FencingToken, number: number, providerId: string): Promise<void>;
  /** The open items of a provider batch (null: those with status `intended`) after a position, in order. */
  items(
    key: FencingToken,
    providerId: string | null,
    page: { after: number; count: number },
  ): Promise<readonly OpenItem[]>;
  /** The item at a position if it waits for an answer of this provider batch; else null. */
  find(key: FencingToken, providerId: string, position: number): Promise<OpenItem | null>;
  /** Positions of a provider batch's items in the order of its file, without items that were submitted again since. */
  positions(key: FencingToken, providerId: string): Promise<readonly number[]>;
  /** How many items are at the provider, how many below a position are pending, and when the first of these is due. */
  openWork(
    key: FencingToken,
    until: number,
  ): Promise<{ readonly underWay: number; readonly pending: number; readonly nextAttemptAt: number | null }>;
}

const submission = { column: 'state', before: 'intended', after: 'running', idColumn: 'provider_id' } as const;

export function createProviderBatches(database: Database): ProviderBatches {
  // Searched by status or by response id, which few items have, not through the whole batch by position.
  const column = (name: 'batch_id' | 'position' | 'status') => notByIndex(database, name);
  const itemsOf = ({ batchId }: FencingToken, providerId: string | null) => {
    const query = database.selectFrom('batch_items');
    return providerId === null
      ? query.where('batch_id', '=', batchId).where('status', '=', 'intended')
      : query.where('response_id', '=', providerId).where(sql<boolean>`${column('batch_id')} = ${batchId}`);
  };
  return {
    begin: (batchId) => inTransaction(database, noLock, (transaction) => beginGeneration(transaction, batchId, 0)),
    async open({ batchId }) {
      const rows = await database
        .selectFrom('provider_batches')
        .selectAll()
        .where('batch_id', '=', batchId)
        .where('state', '!=', 'ended')
        .orderBy('number')
        .execute();
      return rows.map(providerBatchOf);
    },
    take: (key, { until, now, count }) => {
      const which = sql`pending.next_attempt_ms is null or pending.next_attempt_ms <= ${now}`;
      return takeItems(database, key, { until, count, which });
    },
    add: (key, now) => add(database, key, now),
    async change(key, number, { state, uploads, creations, fileId, cancelledAt }) {
      const { numUpdatedRows } = await database
        .updateTable('provider_batches')
        .set({
          ...(state === undefined ? {} : { state }),
          ...(uploads === undefined ? {} : { uploads }),
          ...(creations === undefined ? {} : { creations }),
          ...(fileId === undefined ? {} : { file_id: fileId }),
          ...(cancelledAt === undefined ? {} : { cancelled_ms: cancelledAt }),
        })
        .where('batch_id', '=', key.batchId)
        .where('number', '=', number)
        .where(isNewestGeneration(database, key))
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) throw new Superseded(`provider batch ${number} belongs to another attempt`);
    },
    submitted: (key, number, providerId) => submitted(database, key, number, providerId),
    async items(key, providerId, { after, count }) {
      const rows = await itemsOf(key, providerId)
        .selectAll()
        .where(sql<boolean>`${column('status')} in ('intended', 'submitted')`)
        .where(sql<boolean>`${column('position')} > ${after}`)
        .orderBy(column('position'))
        .limit(count)
        .execute();
      return rows.map(itemOf);
    },
    async find({ batchId }, providerId, position) {
      const row = await database
        .selectFrom('batch_items')
        .selectAll()
        .where('batch_id', '=', batchId)
        .where('position', '=', position)
        .where('status', '=', 'submitted')
        .where('response_id', '=', providerId)
        .executeTakeFirst();
      return row === undefined ? null : itemOf(row);
    },
    async positions(key, providerId) {
      const rows = await itemsOf(key, providerId).select('position').orderBy(column('position')).execute();
      return rows.map(({ position }) => position);
    },
    openWork: (key, until) => openWork(database, key, until),
  };
}

async function add(database: Database, key: FencingToken, now: number): Promise<ProviderBatch> {
  const row = await database
    .insertInto('provider_batches')
    .columns(['batch_id', 'number', 'state', 'uploads', 'creations', 'created_ms'])
    .expression((build) =>
      build
        .selectFrom('provider_batches')
        .select((values) => [
          values.val(key.batchId).as('batch_id'),
          sql<number>`coalesce(max(number), 0) + 1`.as('number'),
          values.val('intended').as('state'),
          sql.lit(0).as('uploads'),
          sql.lit(0).as('creations'),
          values.val(now).as('created_ms'),
        ])
        .where('batch_id', '=', key.batchId)
        .having(isNewestGeneration(database, key)),
    )
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw new Superseded(`another attempt of batch ${key.batchId} has begun`);
  return providerBatchOf(row);
}

async function submitted(database: Database, key: FencingToken, number: number, providerId: string): Promise<void> {
  const write = async (transaction: Transaction<Tables>): Promise<void> => {
    const { numUpdatedRows } = await transaction
      .updateTable('provider_batches')
      .set({ state: 'running', provider_id: providerId })
      .where('batch_id', '=', key.batchId)
      .where('number', '=', number)
      .where(awaitsOrHas({ ...submission, id: providerId }))
      .where(isNewestGeneration(transaction, key))
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw new Superseded(`provider batch ${number} belongs to another attempt`);
    await transaction
      .updateTable('batch_items')
      .set({ status: 'submitted', response_id: providerId })
      .where('batch_id', '=', key.batchId)
      .where('status', '=', 'intended')
      .execute();
  };
  await persistently(database, () => inTransaction(database, noLock, write));
}

async function openWork(database: Database, { batchId }: FencingToken, until: number) {
  const itemsOf = () => database.selectFrom('batch_items').where('batch_id', '=', batchId);
  const pending = await itemsOf()
    .select(({ fn }) => [
      fn.countAll<number>().as('count'),
      sql<number | null>`min(coalesce(next_attempt_ms, 0))`.as('nextAttemptAt'),
    ])
    // A literal, not a parameter: only then is the partial index of pending items used.
    .where(sql<boolean>`status = 'pending'`)
    .where('position', '<', until)
    .executeTakeFirstOrThrow();
  const underWay = await itemsOf()
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('status', 'in', ['intended', 'submitted'])
    .executeTakeFirstOrThrow();
  return { underWay: underWay.count, pending: pending.count, nextAttemptAt: pending.nextAttemptAt };
}

function providerBatchOf(row: Selectable<Tables['provider_batches']>): ProviderBatch {
  return {
    number: row.number,
    state: ProviderBatchStateSchema.parse(row.state),
    uploads: row.uploads,
    creations: row.creations,
    fileId: row.file_id,
    providerId: row.provider_id,
    createdAt: row.created_ms,
    cancelledAt: row.cancelled_ms,
  };
}

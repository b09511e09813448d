/**
 * What an economy batch hands to the provider's batch API: provider batches of items, a file and a provider's batch each. A row is
 * written before each call to the provider and holds its id after, so that a later attempt finds what an earlier one began.
 * A provider batch's items are `intended` until the provider's batch has an id, then `submitted` with that id.
 */
import { sql, type Selectable } from 'kysely';
import { z } from 'zod';
import { beginGeneration, isNewestGeneration, type FencingToken } from './batch-fencing.ts';
import { itemOf, takeItems, type OpenItem } from './open-items.ts';
import type { Database, Tables } from '../database/database.ts';
import { isPostgres } from '../database/kind.ts';
import { inTransaction, noLock } from '../database/transactions.ts';
import { Superseded } from '../jobs/ledger.ts';

const ProviderBatchStateSchema = z.enum(['intended', 'running', 'ended']);

export interface ProviderBatch {
  /** From 1, within its batch. */
  readonly number: number;
  readonly state: z.infer<typeof ProviderBatchStateSchema>;
  /** Uploads and creations that were begun. */
  readonly uploads: number;
  readonly creations: number;
  readonly fileId: string | null;
  /** The provider's id of its batch. */
  readonly providerId: string | null;
  readonly createdAt: number;
  /** When the provider was told to stop it. */
  readonly cancelledAt: number | null;
}

export interface ProviderBatches {
  /** Begins an attempt: older ones can write no more. */
  begin(batchId: string): Promise<FencingToken>;
  /** The batch that waits for a provider's batch; null when it waits no more, or for one of somebody else. */
  batchOf(providerId: string): Promise<string | null>;
  /** Provider batches that have not ended, in order. */
  open(key: FencingToken): Promise<readonly ProviderBatch[]>;
  /** Takes items below a position that may be submitted now, in order. */
  take(key: FencingToken, request: { until: number; now: number; count: number }): Promise<readonly OpenItem[]>;
  /** Opens a provider batch for the items that are intended. */
  add(key: FencingToken, now: number): Promise<ProviderBatch>;
  change(
    key: FencingToken,
    number: number,
    change: Partial<Pick<ProviderBatch, 'state' | 'uploads' | 'creations' | 'fileId' | 'cancelledAt'>>,
  ): Promise<void>;
  /** Writes the id of the provider's batch, and that the intended items are submitted with it; both or nothing. */
  submitted(key: FencingToken, number: number, providerId: string): Promise<void>;
  /** Open items of a provider's batch, or the intended ones (null), behind a position, in order. */
  items(
    key: FencingToken,
    providerId: string | null,
    page: { after: number; count: number },
  ): Promise<readonly OpenItem[]>;
  /** An item that a provider's batch has yet to answer; null for any other. */
  find(key: FencingToken, providerId: string, position: number): Promise<OpenItem | null>;
  /** Positions of all items of a provider's batch that were not submitted anew, in the order of its file. */
  positions(key: FencingToken, providerId: string): Promise<readonly number[]>;
  /** What is open: items with the provider, and those below a position that are to be submitted. */
  openWork(
    key: FencingToken,
    until: number,
  ): Promise<{ readonly underWay: number; readonly pending: number; readonly nextAttemptAt: number | null }>;
}

export function createProviderBatches(database: Database): ProviderBatches {
  // By status or response, whose items are few. The `+` keeps SQLite from going through the whole batch by position;
  // PostgreSQL knows how few they are.
  const column = (name: 'batch_id' | 'position' | 'status') =>
    isPostgres(database) ? sql.ref(name) : sql`+${sql.ref(name)}`;
  const itemsOf = ({ batchId }: FencingToken, providerId: string | null) => {
    const query = database.selectFrom('batch_items');
    return providerId === null
      ? query.where('batch_id', '=', batchId).where('status', '=', 'intended')
      : query.where('response_id', '=', providerId).where(sql<boolean>`${column('batch_id')} = ${batchId}`);
  };
  return {
    begin: (batchId) => inTransaction(database, noLock, (transaction) => beginGeneration(transaction, batchId, 0)),
    async batchOf(providerId) {
      const row = await database
        .selectFrom('provider_batches')
        .select('batch_id')
        .where('provider_id', '=', providerId)
        .where('state', '=', 'running')
        .executeTakeFirst();
      return row?.batch_id ?? null;
    },
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
      if (numUpdatedRows === 0n) throw new Superseded(`provider batch ${number} is not this attempt's to change`);
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
  if (row === undefined) throw new Superseded("a provider batch is not this attempt's to open");
  return providerBatchOf(row);
}

async function submitted(database: Database, key: FencingToken, number: number, providerId: string): Promise<void> {
  await inTransaction(database, noLock, async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('provider_batches')
      .set({ state: 'running', provider_id: providerId })
      .where('batch_id', '=', key.batchId)
      .where('number', '=', number)
      .where('state', '=', 'intended')
      .where(isNewestGeneration(transaction, key))
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw new Superseded(`provider batch ${number} is not this attempt's to submit`);
    await transaction
      .updateTable('batch_items')
      .set({ status: 'submitted', response_id: providerId })
      .where('batch_id', '=', key.batchId)
      .where('status', '=', 'intended')
      .execute();
  });
}

async function openWork(database: Database, { batchId }: FencingToken, until: number) {
  const itemsOf = () => database.selectFrom('batch_items').where('batch_id', '=', batchId);
  const pending = await itemsOf()
    .select(({ fn }) => [
      fn.countAll<number>().as('count'),
      sql<number | null>`min(coalesce(next_attempt_ms, 0))`.as('nextAttemptAt'),
    ])
    // A literal: only so is the index of pending items used.
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

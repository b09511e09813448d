/**
 * What an economy batch hands to the provider's batch API: parcels of items, a file and a provider's batch each. A row is
 * written before each call to the provider and holds its id after, so that a later attempt finds what an earlier one began.
 * A parcel's items are `intended` until the provider's batch has an id, then `submitted` with that id.
 */
import { sql, type Selectable } from 'kysely';
import { z } from 'zod';
import { beginEpoch, newestEpoch, type LaneKey } from './batch-epochs.ts';
import { itemOf, openStatuses, takeItems, type LaneItem } from './batch-lane-items.ts';
import type { Database, Tables } from './database.ts';
import { Superseded } from './ledger.ts';

const ParcelStateSchema = z.enum(['intended', 'running', 'ended']);

export interface Parcel {
  /** From 1, within its batch. */
  readonly number: number;
  readonly state: z.infer<typeof ParcelStateSchema>;
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

export interface BatchParcels {
  /** Begins an attempt: older ones can write no more. */
  begin(batchId: string): Promise<LaneKey>;
  /** Parcels that have not ended, in order. */
  open(key: LaneKey): Promise<readonly Parcel[]>;
  /** Takes items below a position that may be submitted now, in order. */
  take(key: LaneKey, request: { until: number; now: number; count: number }): Promise<readonly LaneItem[]>;
  /** Opens a parcel for the items that are intended. */
  add(key: LaneKey, now: number): Promise<Parcel>;
  change(
    key: LaneKey,
    number: number,
    change: Partial<Pick<Parcel, 'state' | 'uploads' | 'creations' | 'fileId' | 'cancelledAt'>>,
  ): Promise<void>;
  /** Writes the id of the provider's batch, and that the intended items are submitted with it; both or nothing. */
  submitted(key: LaneKey, number: number, providerId: string): Promise<void>;
  /** Open items of a provider's batch, or the intended ones (null), behind a position, in order. */
  items(key: LaneKey, providerId: string | null, page: { after: number; count: number }): Promise<readonly LaneItem[]>;
  /** An item that a provider's batch has yet to answer; null for any other. */
  find(key: LaneKey, providerId: string, position: number): Promise<LaneItem | null>;
  /** Positions of all items of a provider's batch that were not submitted anew, in the order of its file. */
  positions(key: LaneKey, providerId: string): Promise<readonly number[]>;
  /** What is open: items with the provider, and those below a position that are to be submitted. */
  outlook(
    key: LaneKey,
    until: number,
  ): Promise<{ readonly underWay: number; readonly pending: number; readonly nextAttemptAt: number | null }>;
}

export function createBatchParcels(database: Database): BatchParcels {
  const itemsOf = ({ batchId }: LaneKey, providerId: string | null) => {
    const query = database.selectFrom('batch_items').selectAll().where('batch_id', '=', batchId);
    return providerId === null
      ? query.where('status', '=', 'intended')
      : query.where('status', '=', 'submitted').where('response_id', '=', providerId);
  };
  return {
    begin: (batchId) => database.transaction().execute((transaction) => beginEpoch(transaction, batchId, 0)),
    async open({ batchId }) {
      const rows = await database
        .selectFrom('batch_parcels')
        .selectAll()
        .where('batch_id', '=', batchId)
        .where('state', '!=', 'ended')
        .orderBy('number')
        .execute();
      return rows.map(parcelOf);
    },
    take: (key, { until, now, count }) => {
      const which = sql`pending.next_attempt_ms is null or pending.next_attempt_ms <= ${now}`;
      return takeItems(database, key, { until, count, which });
    },
    async add(key, now) {
      const row = {
        batch_id: key.batchId,
        number: sql<number>`(select coalesce(max(number), 0) + 1 from batch_parcels where batch_id = ${key.batchId})`,
        state: 'intended',
        uploads: 0,
        creations: 0,
        file_id: null,
        provider_id: null,
        cancelled_ms: null,
        created_ms: now,
      };
      return parcelOf(await database.insertInto('batch_parcels').values(row).returningAll().executeTakeFirstOrThrow());
    },
    async change(key, number, { state, uploads, creations, fileId, cancelledAt }) {
      const { numUpdatedRows } = await database
        .updateTable('batch_parcels')
        .set({
          ...(state === undefined ? {} : { state }),
          ...(uploads === undefined ? {} : { uploads }),
          ...(creations === undefined ? {} : { creations }),
          ...(fileId === undefined ? {} : { file_id: fileId }),
          ...(cancelledAt === undefined ? {} : { cancelled_ms: cancelledAt }),
        })
        .where('batch_id', '=', key.batchId)
        .where('number', '=', number)
        .where(newestEpoch(key))
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) throw new Superseded(`parcel ${number} is not this attempt's to change`);
    },
    submitted: (key, number, providerId) => submitted(database, key, number, providerId),
    async items(key, providerId, { after, count }) {
      const query = itemsOf(key, providerId).where('position', '>', after);
      return (await query.orderBy('position').limit(count).execute()).map(itemOf);
    },
    async find(key, providerId, position) {
      const row = await itemsOf(key, providerId).where('position', '=', position).executeTakeFirst();
      return row === undefined ? null : itemOf(row);
    },
    async positions({ batchId }, providerId) {
      const query = database.selectFrom('batch_items').select('position').where('batch_id', '=', batchId);
      const rows = await query.where('response_id', '=', providerId).orderBy('position').execute();
      return rows.map(({ position }) => position);
    },
    outlook: (key, until) => outlook(database, key, until),
  };
}

async function submitted(database: Database, key: LaneKey, number: number, providerId: string): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('batch_parcels')
      .set({ state: 'running', provider_id: providerId })
      .where('batch_id', '=', key.batchId)
      .where('number', '=', number)
      .where('state', '=', 'intended')
      .where(newestEpoch(key))
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw new Superseded(`parcel ${number} is not this attempt's to submit`);
    await transaction
      .updateTable('batch_items')
      .set({ status: 'submitted', response_id: providerId })
      .where('batch_id', '=', key.batchId)
      .where('status', '=', 'intended')
      .execute();
  });
}

async function outlook(database: Database, { batchId }: LaneKey, until: number) {
  const rows = await database
    .selectFrom('batch_items')
    .select([
      sql<boolean>`status = 'pending'`.as('pending'),
      sql<number>`count(*)`.as('count'),
      sql<number | null>`min(coalesce(next_attempt_ms, 0))`.as('next'),
    ])
    .where('batch_id', '=', batchId)
    .where('status', 'in', openStatuses)
    .where(sql<boolean>`(status != 'pending' or position < ${until})`)
    .groupBy(sql`status = 'pending'`)
    .execute();
  const pending = rows.find((row) => Number(row.pending) === 1);
  const underWay = rows.find((row) => Number(row.pending) === 0);
  return { underWay: underWay?.count ?? 0, pending: pending?.count ?? 0, nextAttemptAt: pending?.next ?? null };
}

function parcelOf(row: Selectable<Tables['batch_parcels']>): Parcel {
  return {
    number: row.number,
    state: ParcelStateSchema.parse(row.state),
    uploads: row.uploads,
    creations: row.creations,
    fileId: row.file_id,
    providerId: row.provider_id,
    createdAt: row.created_ms,
    cancelledAt: row.cancelled_ms,
  };
}

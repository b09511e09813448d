/** Batches without their items: created, sealed, changed by their workflow, listed for people. Items are in `batch-items.ts`. */
import type { Selectable } from 'kysely';
import type { BatchCounts, BatchOutcome, BatchPause, BatchState } from '../../workflows/contract/batches/batch.ts';
import type { BatchLimits } from '../../workflows/contract/batches/limits.ts';
import {
  BatchLimitsSchema,
  BatchViewSchema,
  type BatchDefinition,
  type BatchView,
} from '../../workflows/contract/batches/schema.ts';
import type { Reason } from '../../workflows/contract/failures.ts';
import { toNano } from '../database/tables/batch-tables.ts';
import { countItems, definitionOf, viewOf } from './batch-view.ts';
import { cancelWaiting, completeChange, removal, removeBatch, reopenBatch } from './batch-with-items.ts';
import type { Database, Tables } from '../database/database.ts';
import { reasonText } from '../database/reason-columns.ts';

/** Fields that a change may set; fields that are left out keep their value. */
export interface BatchChange {
  readonly state?: BatchState;
  readonly pause?: BatchPause | null;
  readonly limits?: BatchLimits;
  readonly itemCount?: number;
  readonly continuations?: number;
  readonly estimateUsd?: number;
  readonly worstUsd?: number;
  readonly startedAt?: string;
}

/** What a partition reads repeatedly while it works. */
export interface BatchControl {
  readonly state: BatchState;
  readonly limits: BatchLimits;
  readonly itemCount: number;
}

export interface BatchFilter {
  readonly state?: BatchState | undefined;
  /** Batches created before this time (ISO 8601): the cursor of the next page. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface Batches {
  /** Creates a batch in the state `importing`; its items are stored next, then it is sealed. A repeated call changes nothing. */
  create(batch: { id: string; definition: BatchDefinition; now: Date }): Promise<void>;
  /** Ends the import: the items stored so far belong to the batch. Returns their number. Start the workflow after this. */
  seal(id: string): Promise<number>;
  find(id: string): Promise<BatchView | null>;
  /** When it ended, ISO 8601; null while it has not, undefined when there is no such batch. Reads no items. */
  endedAt(id: string): Promise<string | null | undefined>;
  /** Newest first. */
  list(filter: BatchFilter): Promise<readonly BatchView[]>;
  definition(id: string): Promise<BatchDefinition>;
  /** Throws when there is no such batch. */
  control(id: string): Promise<BatchControl>;
  counts(id: string): Promise<BatchCounts>;
  /** Writes a change that the workflow decided. Does not change an ended batch. */
  change(id: string, change: BatchChange): Promise<void>;
  /** Writes a person's change of a batch that no workflow has opened yet. Returns false when one has. */
  changeWaiting(id: string, change: BatchChange): Promise<boolean>;
  /** Ends a `queued` batch and cancels all its items. Returns false when it is not `queued` any more. */
  cancelWaiting(id: string, end: { reason: Reason; now: Date }): Promise<boolean>;
  /** Writes the end, once. */
  close(
    id: string,
    end: { outcome: BatchOutcome; reason: Reason | null; continuations: number; now: Date },
  ): Promise<void>;
  /**
   * Sets an ended batch to `queued` again and its failed and timed-out items to `pending`; with `uncertain` also its uncertain
   * items, which may then be paid twice. Returns how many items; a batch without such items stays ended.
   */
  reopen(id: string, options: { readonly uncertain: boolean; readonly now: Date }): Promise<number>;
  /** Removes a batch that has ended or was never sealed. Returns whether it did. */
  remove(id: string): Promise<boolean>;
  /** Completes a cancellation, reopening or removal that was cut off when its process died. */
  completeChange(id: string, signal?: AbortSignal): Promise<number>;
}

export function createBatches(database: Database): Batches {
  // A batch that is being removed is hidden.
  const present = () => database.selectFrom('batches').selectAll().where('whole_change', 'is distinct from', removal);
  const row = async (id: string): Promise<Selectable<Tables['batches']>> => {
    const found = await present().where('id', '=', id).executeTakeFirst();
    if (found === undefined) throw new Error(`there is no batch ${id}`);
    return found;
  };
  return {
    async create({ id, definition, now }) {
      const { limits, ...rest } = definition;
      const insert = database
        .insertInto('batches')
        .values({
          id,
          definition: JSON.stringify(rest),
          mode: definition.mode,
          ...limitColumns(limits),
          state: 'importing',
          item_count: 0,
          next_position: 0,
          spent_nano: 0,
          reserved_nano: 0,
          continuations: 0,
          created_at: now.toISOString(),
          version: 1,
        })
        .onConflict((conflict) => conflict.column('id').doNothing());
      const { numInsertedOrUpdatedRows = 0n } = await insert.executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows > 0n) return;
      // A removal of an earlier batch with this id may have been cut off.
      await completeChange(database, id);
      await insert.execute();
    },
    async seal(id) {
      await database
        .updateTable('batches')
        .set((expression) => ({ state: 'queued', item_count: expression.ref('next_position') }))
        .where('id', '=', id)
        .where('state', '=', 'importing')
        .execute();
      return (await row(id)).item_count;
    },
    async find(id) {
      const found = await present().where('id', '=', id).executeTakeFirst();
      return found === undefined ? null : viewOf(database, found);
    },
    async endedAt(id) {
      return (await present().where('id', '=', id).executeTakeFirst())?.ended_at;
    },
    async list({ state, before, limit }) {
      let query = present();
      if (state !== undefined) query = query.where('state', '=', state);
      if (before !== undefined) query = query.where('created_at', '<', before);
      const rows = await query.orderBy('created_at', 'desc').limit(limit).execute();
      return Promise.all(rows.map((found) => viewOf(database, found)));
    },
    async definition(id) {
      return definitionOf(await row(id));
    },
    async control(id) {
      const found = await row(id);
      const { state } = BatchViewSchema.pick({ state: true }).parse(found);
      return { state, limits: BatchLimitsSchema.parse(JSON.parse(found.limits)), itemCount: found.item_count };
    },
    counts: (id) => countItems(database, id),
    async change(id, change) {
      await database
        .updateTable('batches')
        .set((expression) => ({ ...changeColumns(change), version: expression('version', '+', 1) }))
        .where('id', '=', id)
        .where('state', '!=', 'ended')
        .execute();
    },
    async changeWaiting(id, change) {
      const { numUpdatedRows } = await database
        .updateTable('batches')
        .set((expression) => ({ ...changeColumns(change), version: expression('version', '+', 1) }))
        .where('id', '=', id)
        .where('state', 'in', ['importing', 'queued'])
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },
    cancelWaiting: (id, end) => cancelWaiting(database, id, end),
    async close(id, { outcome, reason, continuations, now }) {
      await database
        .updateTable('batches')
        .set((expression) => ({
          state: 'ended',
          outcome,
          reason: reasonText(reason),
          pause: null,
          continuations,
          ended_at: now.toISOString(),
          version: expression('version', '+', 1),
        }))
        .where('id', '=', id)
        .where('state', '!=', 'ended')
        .execute();
    },
    reopen: (id, options) => reopenBatch(database, id, options),
    remove: (id) => removeBatch(database, id),
    completeChange: (id, signal) => completeChange(database, id, signal),
  };
}

function limitColumns(limits: BatchLimits) {
  const { capUsd, capPerHourUsd, callsPerHour } = limits;
  return {
    limits: JSON.stringify(limits),
    // Caps are rounded down because amounts are rounded up.
    cap_nano: Math.floor(capUsd * 1e9),
    cap_hour_nano: Math.floor(capPerHourUsd * 1e9),
    calls_per_hour: callsPerHour,
  };
}

function changeColumns(change: BatchChange) {
  const { state, pause, limits, itemCount, continuations, estimateUsd, worstUsd, startedAt } = change;
  return {
    ...(state === undefined ? {} : { state }),
    ...(pause === undefined ? {} : { pause: pause === null ? null : JSON.stringify(pause) }),
    ...(limits === undefined ? {} : limitColumns(limits)),
    ...(itemCount === undefined ? {} : { item_count: itemCount }),
    ...(continuations === undefined ? {} : { continuations }),
    ...(estimateUsd === undefined ? {} : { estimate_nano: toNano(estimateUsd) }),
    ...(worstUsd === undefined ? {} : { worst_nano: toNano(worstUsd) }),
    ...(startedAt === undefined ? {} : { started_at: startedAt }),
  };
}

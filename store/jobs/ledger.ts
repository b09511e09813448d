/**
 * The write-ahead ledger of side effects and paid calls: a row has `intended` before, and `done` after. A row that a
 * later attempt finds as `intended` is an effect that may have happened. Also the checkpoints, of which the newest is
 * valid.
 */
import type { Insertable, Kysely } from 'kysely';
import { z } from 'zod';
import { readJsonObject } from '../../workflows/contract/json/json-text.ts';
import type { JsonObject, JsonValue } from '../../workflows/contract/json/json.ts';
import { writeTurn, type TurnChange } from '../computer-use/computer-turns.ts';
import type { Database, Tables } from '../database/database.ts';
import { inTransaction, lockJob, noLock, persistently } from '../database/transactions.ts';
import { insertModelCall, type ModelCall } from './model-calls.ts';

const LedgerStateSchema = z.enum(['intended', 'done', 'uncertain', 'failed']);
export type LedgerState = z.infer<typeof LedgerStateSchema>;

export interface LedgerRow {
  readonly state: LedgerState;
  readonly data: JsonObject;
  /** The latest attempt that wrote the row; 0 where attempts are not told apart. */
  readonly attempt: number;
}

export interface NewLedgerRow {
  readonly key: string;
  readonly jobId: string;
  readonly kind: string;
  readonly state: LedgerState;
  readonly data: JsonObject;
  /** The attempt that writes: what a later one has written stays. Left out where something else keeps attempts apart. */
  readonly attempt?: number | undefined;
}

/** A later attempt of the same step has taken over. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

export interface NewCheckpoint {
  readonly key: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly data: JsonValue;
  /** Content that the checkpoint refers to: it is kept as long as this checkpoint is the newest. */
  readonly contentSha256?: string | null | undefined;
  readonly turn?: TurnChange | undefined;
}

export interface Ledger {
  find(key: string): Promise<LedgerRow | null>;
  /**
   * Writes `intended` when there is no row, or one of an effect that did not happen: of simultaneous attempts only one
   * succeeds. Returns null to that one, and the existing row to the others.
   */
  claim(row: { key: string; jobId: string; kind: string; data: JsonObject }): Promise<LedgerRow | null>;
  /** Writes `intended` when there is no row. Returns whether it did. */
  begin(row: Omit<NewLedgerRow, 'state'>): Promise<boolean>;
  /**
   * Writes the row in the place of what was read before. False when it has changed since. Throws `Superseded` when a later
   * attempt has written it.
   */
  replace(row: NewLedgerRow, before: LedgerRow): Promise<boolean>;
  /**
   * Writes the row, replacing an earlier one as far as its state allows: a write may be repeated late, when another has
   * recorded more. `done` is final, and only an effect that is `intended` becomes `uncertain` or `failed`; one that failed may
   * be intended anew. Otherwise the row stays as it is. `data` is small: ids, hashes, counts. Throws `Superseded` when a later
   * attempt has written the row.
   */
  write(row: NewLedgerRow): Promise<void>;
  /**
   * Like `write`, for the end of a model call and what it cost, both or neither; null for a call that cost nothing. The cost
   * of a superseded attempt is recorded.
   */
  settle(row: NewLedgerRow, paid: ModelCall | null): Promise<void>;
  /** A step's newest checkpoint; the caller parses it. */
  readCheckpoint(key: string): Promise<unknown>;
  /**
   * Saves a checkpoint. Throws `Superseded` when a later attempt has written one: an attempt that was taken for dead
   * but still lives must not continue beside its successor. Its changes of a turn are written with it, or not at all.
   */
  writeCheckpoint(checkpoint: NewCheckpoint): Promise<void>;
  /** Throws `Superseded` when a later attempt has written a checkpoint. */
  refuseSuperseded(checkpoint: Pick<NewCheckpoint, 'key' | 'attempt'>): Promise<void>;
}

export function createLedger(database: Database): Ledger {
  const find = async (key: string): Promise<LedgerRow | null> => {
    const row = await database.selectFrom('ledger').selectAll().where('key', '=', key).executeTakeFirst();
    if (row === undefined) return null;
    return { state: LedgerStateSchema.parse(row.state), data: readJsonObject(row.data), attempt: row.attempt };
  };
  return {
    find,
    async claim({ key, jobId, kind, data }) {
      const written = ledgerColumns({ key, jobId, kind, state: 'intended', data });
      const { numInsertedOrUpdatedRows = 0n } = await database
        .insertInto('ledger')
        .values(written)
        .onConflict((conflict) => conflict.column('key').doUpdateSet(written).where('ledger.state', '=', 'failed'))
        .executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows > 0n) return null;
      const standing = await find(key);
      if (standing === null) throw new Error(`the key ${key} of the ledger belongs to another tenant`);
      return standing;
    },
    async begin(row) {
      const { numInsertedOrUpdatedRows = 0n } = await database
        .insertInto('ledger')
        .values(ledgerColumns({ ...row, state: 'intended' }))
        .onConflict((conflict) => conflict.column('key').doNothing())
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows > 0n;
    },
    async replace(row, before) {
      const written = ledgerColumns(row);
      const { numUpdatedRows } = await persistently(database, () =>
        database
          .updateTable('ledger')
          .set(written)
          .where('key', '=', row.key)
          .where('attempt', '<=', row.attempt ?? before.attempt)
          // Its own data, too: the write may be repeated after an answer that was lost.
          .where((where) =>
            where.or([
              where.and({ state: before.state, data: JSON.stringify(before.data) }),
              where.and({ state: written.state, data: written.data }),
            ]),
          )
          .executeTakeFirstOrThrow(),
      );
      if (numUpdatedRows > 0n) return true;
      await refuseSupersededRow(database, row);
      return false;
    },
    async write(row) {
      if (!(await persistently(database, () => writeRow(database, row)))) await refuseSupersededRow(database, row);
    },
    async settle(row, paid) {
      const isWritten = await inTransaction(database, noLock, async (transaction) => {
        if (paid !== null) await insertModelCall(transaction, paid);
        return writeRow(transaction, row);
      });
      if (!isWritten) await refuseSupersededRow(database, row);
    },
    async readCheckpoint(key) {
      const row = await database.selectFrom('checkpoints').select('data').where('key', '=', key).executeTakeFirst();
      return row === undefined ? null : JSON.parse(row.data);
    },
    async writeCheckpoint(checkpoint) {
      const { turn } = checkpoint;
      if (turn === undefined) return keepCheckpoint(database, checkpoint);
      await inTransaction(database, lockJob(checkpoint.jobId), async (transaction) => {
        await keepCheckpoint(transaction, checkpoint);
        await writeTurn(transaction, turn);
      });
    },
    async refuseSuperseded({ key, attempt }) {
      const row = await database.selectFrom('checkpoints').select('attempt').where('key', '=', key).executeTakeFirst();
      if (row !== undefined && row.attempt > attempt) throw superseded(key, attempt);
    },
  };
}

function ledgerColumns({ key, jobId, kind, state, data, attempt }: NewLedgerRow): Insertable<Tables['ledger']> {
  return {
    key,
    job_id: jobId,
    kind,
    state,
    data: JSON.stringify(data),
    updated_at: new Date().toISOString(),
    ...(attempt === undefined ? {} : { attempt }),
  };
}

async function refuseSupersededRow(database: Kysely<Tables>, { key, attempt }: NewLedgerRow): Promise<void> {
  if (attempt === undefined) return;
  const row = await database.selectFrom('ledger').select('attempt').where('key', '=', key).executeTakeFirst();
  if (row !== undefined && row.attempt > attempt) throw superseded(key, attempt);
}

function superseded(key: string, attempt: number): Superseded {
  return new Superseded(`a later attempt than ${attempt} goes on with ${key}`);
}

/** The states of a row that each state may replace; its own, because a write may be repeated. */
const replaces: Readonly<Record<LedgerState, readonly LedgerState[]>> = {
  intended: ['intended', 'failed', 'uncertain'],
  uncertain: ['uncertain', 'intended'],
  failed: ['failed', 'intended'],
  done: LedgerStateSchema.options,
};

/** Returns whether it was written. */
async function writeRow(database: Kysely<Tables>, row: NewLedgerRow): Promise<boolean> {
  const written = ledgerColumns(row);
  const { numInsertedOrUpdatedRows = 0n } = await database
    .insertInto('ledger')
    .values(written)
    .onConflict((conflict) => {
      const replacing = conflict.column('key').doUpdateSet(written).where('ledger.state', 'in', replaces[row.state]);
      return row.attempt === undefined ? replacing : replacing.where('ledger.attempt', '<=', row.attempt);
    })
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows > 0n;
}

async function keepCheckpoint(
  database: Kysely<Tables>,
  { key, jobId, attempt, data, contentSha256 }: NewCheckpoint,
): Promise<void> {
  const row = {
    key,
    job_id: jobId,
    attempt,
    data: JSON.stringify(data),
    content_sha256: contentSha256 ?? null,
    updated_at: new Date().toISOString(),
  };
  const { numInsertedOrUpdatedRows = 0n } = await database
    .insertInto('checkpoints')
    .values(row)
    .onConflict((conflict) => conflict.column('key').doUpdateSet(row).where('checkpoints.attempt', '<=', attempt))
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) throw superseded(key, attempt);
}

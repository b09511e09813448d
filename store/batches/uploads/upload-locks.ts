/**
 * Locks that let one upload at a time add items to a batch, across all processes. A lock that is not renewed expires, so that
 * the lock of a process that died becomes free; if that process is still alive after all, it can store nothing more.
 */
import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Database, Tables } from '../../database/database.ts';
import { Superseded } from '../../jobs/ledger.ts';

/** A lock that was acquired; `token` distinguishes it from later ones. */
export interface UploadLock {
  readonly batchId: string;
  readonly token: string;
}

export interface UploadLocks {
  /** Acquires the lock of a batch; null while another upload has it. Times are in milliseconds since the epoch. */
  acquire(batchId: string, now: number): Promise<UploadLock | null>;
  /** Returns whether the lock is still held, and renews it if so. */
  renew(lock: UploadLock, now: number): Promise<boolean>;
  release(lock: UploadLock): Promise<void>;
}

/** When a lock that is not renewed expires. */
const expiryMilliseconds = 30_000;

export function createUploadLocks(database: Database): UploadLocks {
  return {
    async acquire(batchId, now) {
      const token = randomUUID();
      const row = await database
        .insertInto('upload_locks')
        .values({ batch_id: batchId, token, until_ms: now + expiryMilliseconds })
        .onConflict((conflict) =>
          conflict
            .column('batch_id')
            .doUpdateSet({ token, until_ms: now + expiryMilliseconds })
            .where('upload_locks.until_ms', '<=', now),
        )
        .returning('token')
        .executeTakeFirst();
      return row === undefined ? null : { batchId, token };
    },
    renew: (lock, now) => renew(database, lock, now),
    async release({ batchId, token }) {
      await database.deleteFrom('upload_locks').where('batch_id', '=', batchId).where('token', '=', token).execute();
    },
  };
}

/** Renews the lock in the transaction that stores items of the upload. Throws `Superseded` when another upload has it. */
export async function renewUploadLock(transaction: Transaction<Tables>, lock: UploadLock, now: number): Promise<void> {
  if (await renew(transaction, lock, now)) return;
  throw new Superseded(`another upload to the batch ${lock.batchId} has begun since`);
}

async function renew(database: Database, { batchId, token }: UploadLock, now: number): Promise<boolean> {
  const { numUpdatedRows } = await database
    .updateTable('upload_locks')
    .set({ until_ms: now + expiryMilliseconds })
    .where('batch_id', '=', batchId)
    .where('token', '=', token)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/**
 * Who sends items to a batch at the moment: one upload at a time, whichever process has it. The mark of one that died is
 * taken over after a while; should that one live on after all, nothing more of it is stored.
 */
import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Database, Tables } from '../database/database.ts';
import { Superseded } from '../jobs/ledger.ts';

/** What an upload stores its rows by. */
export interface UploadLock {
  readonly batchId: string;
  readonly token: string;
}

export interface UploadLocks {
  /** Begins an upload; null while another is under way. Times are in milliseconds since the epoch. */
  begin(batchId: string, now: number): Promise<UploadLock | null>;
  /** Whether the upload is still the batch's; if so, it has the batch for some time more. */
  holds(upload: UploadLock, now: number): Promise<boolean>;
  end(upload: UploadLock): Promise<void>;
}

/** How long a lock lasts that nobody keeps: that of a process that has died. */
const patienceMilliseconds = 30_000;

export function createUploadLocks(database: Database): UploadLocks {
  return {
    async begin(batchId, now) {
      const token = randomUUID();
      const row = await database
        .insertInto('upload_locks')
        .values({ batch_id: batchId, token, until_ms: now + patienceMilliseconds })
        .onConflict((conflict) =>
          conflict
            .column('batch_id')
            .doUpdateSet({ token, until_ms: now + patienceMilliseconds })
            .where('upload_locks.until_ms', '<=', now),
        )
        .returning('token')
        .executeTakeFirst();
      return row === undefined ? null : { batchId, token };
    },
    holds: (upload, now) => renew(database, upload, now),
    async end({ batchId, token }) {
      await database.deleteFrom('upload_locks').where('batch_id', '=', batchId).where('token', '=', token).execute();
    },
  };
}

/** For the transaction that stores rows of the upload. Throws `Superseded` when another has the batch. */
export async function holdUploadLock(transaction: Transaction<Tables>, upload: UploadLock, now: number): Promise<void> {
  if (await renew(transaction, upload, now)) return;
  throw new Superseded(`another upload to the batch ${upload.batchId} has begun since`);
}

async function renew(database: Database, { batchId, token }: UploadLock, now: number): Promise<boolean> {
  const { numUpdatedRows } = await database
    .updateTable('upload_locks')
    .set({ until_ms: now + patienceMilliseconds })
    .where('batch_id', '=', batchId)
    .where('token', '=', token)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

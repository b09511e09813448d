/**
 * Work on all items of a batch in short transactions. A statement about a million items would hold SQLite's one writer and the
 * event loop for seconds, and exceed PostgreSQL's time for a statement. What a transaction finds done it leaves, so the work can
 * be repeated after a process has died in between.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import type { Database, Tables } from '../database/database.ts';
import { inTransaction, lockBatch } from '../database/transactions.ts';

/** Positions from `from`, below `to`. */
export interface Portion {
  readonly from: number;
  readonly to: number;
}

/** Takes 3 to 5 ms on SQLite. */
const portionItems = 250;

/**
 * Runs the work for each portion, from a position on, under the batch's lock. Returns the sum of what it returns, how many items
 * it changed.
 */
export async function inPortions(
  database: Database,
  batchId: string,
  work: (transaction: Transaction<Tables>, portion: Portion) => Promise<bigint>,
  begin = 0,
): Promise<number> {
  let changed = 0n;
  for (let from = begin; ; from += portionItems) {
    const here = await inTransaction(database, lockBatch(batchId), async (transaction) => {
      const batch = await transaction
        .selectFrom('batches')
        .select('next_position')
        .where('id', '=', batchId)
        .executeTakeFirst();
      if (batch === undefined || from >= batch.next_position) return null;
      return work(transaction, { from, to: from + portionItems });
    });
    if (here === null) return Number(changed);
    changed += here;
    await nextTurn();
  }
}

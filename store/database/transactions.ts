/**
 * The one way to write in a transaction. On SQLite there is one writer at a time (`begin immediate`), and nothing more is
 * needed. PostgreSQL has many, and each statement of a transaction (READ COMMITTED) sees what was committed before that
 * statement began. So a transaction there first locks the row that it is about: whatever it reads afterwards is what the
 * former holder of the lock has left.
 *
 * Locks are taken in one order, so that no two transactions wait for each other: a name, jobs, batches (several by id),
 * uploads, a batch's rate limiter, the generation of a partition, items. A deadlock that happens nevertheless is
 * resolved by PostgreSQL, which aborts one transaction; that one is run again.
 *
 * An event gets its sequence when it is inserted, and readers go on behind the newest that they saw. A transaction that
 * tells events of a job or batch holds the lock of its row, or a later event could be seen before an earlier one.
 */
import { sql, Transaction, type Kysely } from 'kysely';
import type { Database, Tables } from './database.ts';
import { isPostgres } from './kind.ts';
import { isPassing } from './passing-errors.ts';
import { repeated, repeatedAfterConflicts } from './repeated.ts';

/** Waits until no other transaction holds the lock, and keeps it until this transaction ends. */
export type Lock = (transaction: Transaction<Tables>) => Promise<void>;

/** For a transaction whose first statement inserts or changes its one row. */
export const noLock: Lock = () => Promise.resolve();

export function lockJob(id: string): Lock {
  return async (transaction) => {
    // Each part of what is written together locks the job; the database is asked once.
    if (lockedJobs.get(transaction) === id) return;
    await transaction.selectFrom('jobs').select('id').where('id', '=', id).forUpdate().execute();
    lockedJobs.set(transaction, id);
  };
}

/** The job that a transaction locked last. */
const lockedJobs = new WeakMap<Transaction<Tables>, string>();

export function lockBatch(id: string): Lock {
  return async (transaction) => {
    await transaction.selectFrom('batches').select('id').where('id', '=', id).forUpdate().execute();
  };
}

/** The job or batch that events belong to. */
export function lockOwner(id: string): Lock {
  return async (transaction) => {
    const job = await transaction.selectFrom('jobs').select('id').where('id', '=', id).forUpdate().executeTakeFirst();
    if (job === undefined) await lockBatch(id)(transaction);
  };
}

/** For a subject that has no row yet, or several. */
export function lockName(name: string): Lock {
  return async (transaction) => {
    const locked = sql`pg_advisory_xact_lock(hashtextextended(${name}, 0))`.as('locked');
    await transaction.selectNoFrom(locked).execute();
  };
}

/** Runs a transaction under a lock. Within another transaction, it takes the lock and joins that transaction. */
export async function inTransaction<Result>(
  database: Database,
  lock: Lock,
  work: (transaction: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  if (!isPostgres(database)) {
    return database instanceof Transaction ? work(database) : database.transaction().execute(work);
  }
  const locked = async (transaction: Transaction<Tables>): Promise<Result> => {
    await lock(transaction);
    return work(transaction);
  };
  if (database instanceof Transaction) return locked(database);
  const run = () => database.transaction().setIsolationLevel('read committed').execute(locked);
  return repeatedAfterConflicts(run);
}

/** Like `inTransaction`, for a single statement: SQLite needs no transaction around it. */
export function inStatement<Result>(
  database: Database,
  lock: Lock,
  work: (database: Kysely<Tables>) => Promise<Result>,
): Promise<Result> {
  return isPostgres(database) ? inTransaction(database, lock, work) : work(database);
}

const patienceMilliseconds = 60_000;
const longestPauseMilliseconds = 5_000;

/**
 * Writes what must not be lost, like the id of a call that is paid for: while the server restarts, fails over or is too
 * busy, the write is tried again for a minute after its first failure. It must be safe to repeat: a lost answer may hide that it
 * was made.
 */
export async function persistently<Result>(database: Kysely<Tables>, write: () => Promise<Result>): Promise<Result> {
  if (database instanceof Transaction) return write();
  let until: number | undefined;
  return repeated(write, isPassing, (failures) => {
    // From here: the first attempt may itself have waited long, for a connection.
    until ??= Date.now() + patienceMilliseconds;
    const pause = Math.min(100 * 2 ** (failures - 1), longestPauseMilliseconds);
    return Date.now() + pause > until ? null : pause;
  });
}

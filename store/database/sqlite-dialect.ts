/**
 * Connects kysely to Node's own SQLite, whose statements differ a little from better-sqlite3's, which kysely expects.
 */
import { setTimeout } from 'node:timers/promises';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import {
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type CompiledQuery,
  type DatabaseConnection,
  type QueryResult,
  type SqliteDatabase,
} from 'kysely';
import { storableText } from '../../workflows/contract/cut-text.ts';
import { createLoopTurns } from './loop-turns.ts';
import { isBusy } from './passing-errors.ts';

/** How long a writer waits for another process's transaction. */
const waitMilliseconds = 10_000;
/** For another process's migrations, as on PostgreSQL. They end with their process, so the wait is for one that is alive. */
const migrationWaitMilliseconds = 3_600_000;
/** The part of that time that SQLite itself may wait: it blocks the thread. */
const blockingMilliseconds = 20;

/** Opens (or creates) a database file that several processes of one machine may use at the same time. */
export function openSqlite(path: string, use: 'store' | 'migrations' = 'store'): SqliteDialect {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA busy_timeout = ${waitMilliseconds}`);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(`PRAGMA busy_timeout = ${blockingMilliseconds}`);
  // In WAL mode, NORMAL loses nothing when a process is killed; only a power failure may lose the newest transactions.
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec('PRAGMA foreign_keys = ON');
  const wait = use === 'store' ? waitMilliseconds : migrationWaitMilliseconds;
  return new NodeSqliteDialect(adapt(database), wait);
}

class NodeSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;
  readonly #waitMilliseconds: number;

  constructor(database: SqliteDatabase, waitMilliseconds: number) {
    super({ database });
    this.#database = database;
    this.#waitMilliseconds = waitMilliseconds;
  }

  override createDriver(): SqliteDriver {
    return new WaitingDriver(this.#database, this.#waitMilliseconds);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

/** Runs migrations in one transaction, so that another process that wants to run them waits for its end. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class WaitingDriver extends SqliteDriver {
  readonly #waitMilliseconds: number;
  readonly #takeTurn = createLoopTurns();
  #connection: WaitingConnection | undefined;

  constructor(database: SqliteDatabase, waitMilliseconds: number) {
    super({ database });
    this.#waitMilliseconds = waitMilliseconds;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    await this.#takeTurn();
    this.#connection ??= new WaitingConnection(await super.acquireConnection(), this.#waitMilliseconds);
    return this.#connection;
  }
}

/**
 * Waits for another connection's transaction without blocking the thread: a statement that failed as busy has changed
 * nothing.
 */
class WaitingConnection implements DatabaseConnection {
  readonly #connection: DatabaseConnection;
  readonly #waitMilliseconds: number;

  constructor(connection: DatabaseConnection, waitMilliseconds: number) {
    this.#connection = connection;
    this.#waitMilliseconds = waitMilliseconds;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const last = performance.now() + this.#waitMilliseconds;
    for (;;) {
      try {
        return await this.#connection.executeQuery<Row>(query);
      } catch (error) {
        if (!isBusy(error) || performance.now() > last) throw error;
        await setTimeout(1 + Math.random() * 9);
      }
    }
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.#connection.streamQuery<Row>(query, chunkSize);
  }
}

/**
 * All transactions of the store write, and wait for their turn at their beginning: one that began by reading could not
 * write after another process has.
 */
const beginStatement = 'begin immediate';

/** Prepared statements in the cache; the store's own are fewer, and those for long lists must not accumulate. */
const mostStatements = 300;

function adapt(database: DatabaseSync): SqliteDatabase {
  const ready = new Map<string, ReadyStatement>();
  return {
    close: () => {
      database.close();
    },
    prepare: (sql) => {
      const known = ready.get(sql);
      if (known !== undefined) return known;
      const made = readyStatement(database, sql === 'begin' ? beginStatement : sql);
      if (ready.size >= mostStatements) ready.clear();
      ready.set(sql, made);
      return made;
    },
  };
}

type ReadyStatement = ReturnType<SqliteDatabase['prepare']>;

/** Preparing takes longer than running most statements of the store. */
function readyStatement(database: DatabaseSync, sql: string): ReadyStatement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters.map(toSql)),
    run: (parameters) => statement.run(...parameters.map(toSql)),
    // A separate statement: running one again would end the read that is in progress.
    iterate: (parameters) => database.prepare(sql).iterate(...parameters.map(toSql)),
  };
}

function toSql(value: unknown): SQLInputValue {
  if (typeof value === 'string') return storableText(value);
  if (value === null || typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`SQLite cannot hold a ${typeof value}`);
}

/** Lets kysely speak to Node's own SQLite, whose statements differ a little from better-sqlite3's, which kysely expects. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { SqliteDialect, type SqliteDatabase } from 'kysely';

/** How long a writer waits for another process's transaction. */
const busyTimeoutMilliseconds = 10_000;

/** Opens (or makes) a database file that several processes of one machine may use at once. */
export function openSqlite(path: string): SqliteDialect {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMilliseconds}`);
  database.exec('PRAGMA journal_mode = WAL');
  // In WAL mode a killed process loses nothing with NORMAL; only a power cut may lose the newest transactions.
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec('PRAGMA foreign_keys = ON');
  return new SqliteDialect({ database: adapt(database) });
}

/**
 * The store's transactions all write, and wait for their turn at the beginning: one that had begun by reading could write
 * no more once another process has.
 */
const beginStatement = 'begin immediate';

/** Statements that are kept ready; the store's own are fewer, and ones made for long lists must not pile up. */
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

/** Preparing costs more than running most statements of the store. */
function readyStatement(database: DatabaseSync, sql: string): ReadyStatement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters.map(toSql)),
    run: (parameters) => statement.run(...parameters.map(toSql)),
    // One of its own: running a statement again ends the reading that is under way.
    iterate: (parameters) => database.prepare(sql).iterate(...parameters.map(toSql)),
  };
}

function toSql(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`SQLite cannot hold a ${typeof value}`);
}

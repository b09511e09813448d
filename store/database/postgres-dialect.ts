/** Connects kysely to PostgreSQL through a pool of connections, with time limits, and with integers as numbers. */
import { Client, DatabaseError, Pool, types, type ClientConfig } from 'pg';
import { PostgresDialect, PostgresQueryCompiler, type PostgresPool } from 'kysely';
import { storableText } from '../../workflows/contract/cut-text.ts';
import { SettingsProblem } from '../../workflows/contract/settings.ts';

/** The maximum number of connections of one process. */
const mostConnections = 10;
/** How long a connection waits for the server. */
const connectMilliseconds = 10_000;
/**
 * How long a transaction waits for a connection: more of them than connections are a matter of load, not of the server. It
 * is less than the 20 s of an activity that records, or the transaction would outlive the attempt that waits for it.
 */
const turnMilliseconds = 15_000;
const statementMilliseconds = 30_000;
/** The same time as a writer waits on SQLite. */
const lockMilliseconds = 10_000;
const idleInTransactionMilliseconds = 60_000;

/**
 * Opens no connection yet. Migrations use a separate one: they, and the wait for another process's migrations, may take
 * longer than any statement of the store.
 */
export function openPostgres(url: string, use: 'store' | 'migrations'): PostgresDialect {
  const limits = { statement_timeout: statementMilliseconds, lock_timeout: lockMilliseconds };
  const pool = new Pool({
    connectionString: url,
    application_name: 'lodestone',
    // The pool's own limit is that of the wait for a free connection; each connection has one for the server.
    connectionTimeoutMillis: turnMilliseconds,
    Client: ImpatientClient,
    idle_in_transaction_session_timeout: idleInTransactionMilliseconds,
    keepAlive: true,
    types: { getTypeParser },
    ...(use === 'store' ? { max: mostConnections, ...limits } : { max: 1 }),
  });
  // A broken connection is replaced when the next one is needed; its user gets the error from the statement.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new StoreDialect({
    pool: {
      options: pool.options,
      end: () => pool.end(),
      connect: () =>
        pool.connect().catch((error: unknown) => {
          throw connectionProblem(error, placeOf(url));
        }),
    } satisfies PostgresPool,
  });
}

/** The database's address without user and password, for messages. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${decodeURIComponent(pathname.slice(1))} at ${host}`;
}

class ImpatientClient extends Client {
  constructor(config?: ClientConfig) {
    super({ ...config, connectionTimeoutMillis: connectMilliseconds });
  }
}

class StoreDialect extends PostgresDialect {
  override createQueryCompiler(): PostgresQueryCompiler {
    return new TextCompiler();
  }
}

/** PostgreSQL's texts cannot contain NUL, while those of sites and models may. */
class TextCompiler extends PostgresQueryCompiler {
  protected override appendValue(value: unknown): void {
    super.appendValue(typeof value === 'string' ? storableText(value) : value);
  }
}

/** Integers arrive as text, because they may be larger than a number can hold; the store's never are. */
const getTypeParser: typeof types.getTypeParser = (
  type: Parameters<typeof types.getTypeParser>[0],
  format?: 'text' | 'binary',
) =>
  type === types.builtins.INT8 || type === types.builtins.NUMERIC ? exactNumber : types.getTypeParser(type, format);

function exactNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number))
    throw new RangeError(`the database holds a number that is not exact here: ${text}`);
  return number;
}

/** Errors that the same settings will always meet: password, user, database name, encryption. */
const refusals = new Set(['28P01', '28000', '3D000']);

function connectionProblem(error: unknown, place: string): Error {
  if (error instanceof DatabaseError && refusals.has(error.code ?? '')) {
    return new SettingsProblem(
      `PostgreSQL refuses the database ${place}: ${error.message}. Check LODESTONE_DATABASE_URL.`,
    );
  }
  const why = error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error);
  return new Error(
    `The database ${place} cannot be reached: ${why}. Check that PostgreSQL runs, and LODESTONE_DATABASE_URL.`,
    { cause: error },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

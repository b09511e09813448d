/** The databases that a benchmark or a chaos suite runs on: SQLite's file, or new ones of a PostgreSQL server of its own. */
import { join } from 'node:path';
import pg from 'pg';
import { startKeptServer } from '../scripts/toolchain/postgres/keep.mjs';

const databaseKinds = ['sqlite', 'postgres'] as const;
export type DatabaseKind = (typeof databaseKinds)[number];

export interface Databases {
  /** The product and its version, for reports. */
  readonly product: string;
  /** Processes whose descendants are the database server's; SQLite has none. */
  readonly pids: readonly number[];
  /** `LODESTONE_DATABASE_URL` for a new, empty database; undefined for SQLite, whose file is in the data folder. */
  create(): Promise<string | undefined>;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '..');

/** @throws when the option names no database */
export function databaseKind(option: string): DatabaseKind {
  const kind = databaseKinds.find((known) => known === option);
  if (kind === undefined) throw new Error(`--database is one of ${databaseKinds.join(', ')}, not ${option}`);
  return kind;
}

/** @throws when the option names no database */
export function databaseKindsOf(option: string): readonly DatabaseKind[] {
  if (option === 'both') return databaseKinds;
  const kind = databaseKinds.find((known) => known === option);
  if (kind === undefined) throw new Error(`--database is one of ${databaseKinds.join(', ')} or both, not ${option}`);
  return [kind];
}

/** The PostgreSQL server comes from the npm packages, writes nothing to disk that must outlive it, and ends with this process. */
export async function startDatabases(kind: DatabaseKind): Promise<Databases> {
  if (kind === 'sqlite') {
    return {
      product: `SQLite ${process.versions.sqlite}`,
      pids: [],
      create: async () => undefined,
      stop: async () => undefined,
    };
  }
  const { url, version, pid, stop } = await startKeptServer(root);
  let created = 0;
  return {
    product: `PostgreSQL ${version}`,
    pids: [pid],
    async create() {
      created += 1;
      return createDatabase(url, `lodestone_${created}`);
    },
    stop,
  };
}

async function createDatabase(server: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

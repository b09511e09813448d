/** A database of the release before numbered migrations: a demo run, and jobs, batches and more in many states. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from '../../../store/database/migrations/all.ts';
import { openPostgres } from '../../../store/database/postgres-dialect.ts';
import type { StorePlace } from '../../../store/store.ts';
import { temporaryDatabase } from '../../support/postgres/databases.ts';
import { onPostgres, temporaryFolder } from '../../support/temporary-store.ts';

const earlier = join(import.meta.dirname, '..', 'fixtures', 'before-numbered-migrations.db');

type AnyTables = Record<string, Record<string, unknown>>;

/** It is not migrated; opening it migrates it. */
export function earlierPlace(): Promise<StorePlace> {
  return onPostgres ? earlierDatabase() : earlierFile();
}

/** As that release left it. */
export async function earlierFile(): Promise<StorePlace> {
  const dataFolder = await temporaryFolder();
  await copyFile(earlier, join(dataFolder, 'lodestone.db'));
  return { dataFolder };
}

/** The same rows in tables as the first migration makes them, which are those of that release. */
async function earlierDatabase(): Promise<StorePlace> {
  const databaseUrl = await temporaryDatabase();
  const database = new Kysely<AnyTables>({ dialect: openPostgres(databaseUrl, 'migrations') });
  try {
    const provider = { getMigrations: () => Promise.resolve({ ...migrations }) };
    const { error } = await new Migrator({ db: database, provider }).migrateTo('0001-first-tables');
    if (error !== undefined) throw error;
    for (const [table, rows] of rowsOfFile()) {
      if (rows.length > 0) await database.insertInto(table).values(rows).execute();
    }
  } finally {
    await database.destroy();
  }
  return { dataFolder: await temporaryFolder(), databaseUrl };
}

function rowsOfFile(): ReadonlyMap<string, readonly Record<string, unknown>[]> {
  const file = new DatabaseSync(earlier, { readOnly: true });
  const tables = file.prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'").all();
  const rows = new Map(tables.map(({ name }) => [String(name), file.prepare(`select * from ${String(name)}`).all()]));
  file.close();
  return rows;
}

/** All rows of a store's database, on SQLite and on PostgreSQL. */
import { join } from 'node:path';
import { sql } from 'kysely';
import { openDatabase, type Database } from '../../store/database/database.ts';
import type { StorePlace } from '../../store/store.ts';

type Row = Readonly<Record<string, unknown>>;

/** The rows of each table, by its name. */
export async function storedRows(place: StorePlace): Promise<ReadonlyMap<string, readonly Row[]>> {
  const database = await openDatabaseOf(place);
  try {
    const tables = await database.introspection.getTables();
    const rows = tables.map(async ({ name }) => {
      const all = await sql<Row>`select * from ${sql.table(name)}`.execute(database);
      return [name, all.rows] as const;
    });
    return new Map(await Promise.all(rows));
  } finally {
    await database.destroy();
  }
}

/** The database under a store, for what the store itself has no function for. */
export function openDatabaseOf({ dataFolder, databaseUrl }: StorePlace): Promise<Database> {
  return openDatabase(databaseUrl === undefined ? { file: join(dataFolder, 'lodestone.db') } : { url: databaseUrl });
}

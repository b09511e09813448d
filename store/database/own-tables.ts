/** The tables that statements of the store find. A database of PostgreSQL may hold those of others, in schemas of their own. */
import { sql, type DatabaseMetadataOptions, type Kysely, type TableMetadata } from 'kysely';
import { isPostgres } from './kind.ts';

/** The schema in which new tables are made; undefined on SQLite, which has none. */
export async function ownSchema<Tables>(database: Kysely<Tables>): Promise<string | undefined> {
  if (!isPostgres(database)) return undefined;
  const { rows } = await sql<{ schema: string | null }>`select current_schema() as schema`.execute(database);
  const schema = rows[0]?.schema;
  if (typeof schema === 'string') return schema;
  throw new Error('the search path of the PostgreSQL user names no schema that exists');
}

export async function ownTables<Tables>(
  database: Kysely<Tables>,
  options?: DatabaseMetadataOptions,
): Promise<readonly TableMetadata[]> {
  const schema = await ownSchema(database);
  const tables = await database.introspection.getTables(options);
  return tables.filter((table) => schema === undefined || table.schema === schema);
}

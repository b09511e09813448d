/** Brings a database's tables up to date. Several processes may do so at once: one works, the others wait for it. */
import { sql, type Kysely } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration';
import { SettingsProblem } from '../../workflows/contract/settings.ts';
import { migrations } from './migrations/all.ts';
import { ownSchema, ownTables } from './own-tables.ts';
import { isConflict, isLocked } from './passing-errors.ts';
import { repeatedAfterConflicts } from './repeated.ts';

/** The last migration of this release. */
export const newestMigration = Object.keys(migrations).at(-1) ?? '';

/** Whether this release has the migration; it can read no database that has others. */
export function isKnownMigration(name: string): boolean {
  return Object.hasOwn(migrations, name);
}

/**
 * Runs the migrations that the database lacks; `where` names it in messages. Throws `SettingsProblem` when a newer release
 * has changed it: this one would misread its tables.
 */
export async function migrateDatabase<Tables>(database: Kysely<Tables>, where: string): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve({ ...migrations }) };
  if (isUpToDate(await appliedMigrations(database), where)) return;
  const schema = await ownSchema(database);
  const place = schema === undefined ? {} : { migrationTableSchema: schema };
  const migrator = new Migrator({ db: database, provider, ...place });
  const error = await repeatedAfterConflicts(() => migrateToLatest(migrator)).catch((conflict: unknown) => conflict);
  if (error === undefined) return;
  // Another process may have been faster; otherwise the error is what went wrong.
  if (isUpToDate(await appliedMigrations(database), where)) return;
  const said = error instanceof Error ? error.message : JSON.stringify(error);
  const why = isLocked(error)
    ? `another process has held it for an hour; end that one and start again (${said})`
    : said;
  throw new Error(`The tables of the database ${where} could not be brought up to date: ${why}`, { cause: error });
}

/** Returns what went wrong. Throws a conflict with a transaction of another process: then nothing was changed. */
async function migrateToLatest(migrator: Migrator): Promise<unknown> {
  const { error } = await migrator.migrateToLatest();
  if (isConflict(error)) throw error;
  return error;
}

function isUpToDate(applied: readonly string[], where: string): boolean {
  const known = Object.keys(migrations);
  const unknown = applied.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new SettingsProblem(
      `The database ${where} belongs to a newer release of Lodestone: its migration ${unknown} is not known to this one, ` +
        `whose last is ${known.at(-1)}. Start the newer release, or open a database or a backup from before it.`,
    );
  }
  return known.every((name) => applied.includes(name));
}

async function appliedMigrations<Tables>(database: Kysely<Tables>): Promise<readonly string[]> {
  const tables = await ownTables(database, { withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(
    database,
  );
  return rows.map(({ name }) => name);
}

/** Migrations of SQLite's file: new ones, and those of earlier releases. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { openStores } from '../../../store/store.ts';
import { temporaryFolder } from '../../support/temporary-store.ts';
import { earlierFile } from './earlier-release.ts';

const bookkeeping = ['kysely_migration', 'kysely_migration_lock', 'sqlite_sequence'];

/** Tables that have another name since. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['batch_lanes', 'batch_partitions'],
  ['batch_parcels', 'provider_batches'],
  ['provider_gates', 'rate_limiters'],
  ['upload_turns', 'upload_locks'],
]);

/** The row of a rate limiter with the names that two fields of its JSON have since. */
function withBlockedFields(row: readonly unknown[]): readonly unknown[] {
  return row.map((value) => (typeof value === 'string' ? value.replaceAll('"closed', '"blocked') : value));
}

function openFile(folder: string): DatabaseSync {
  const file = new DatabaseSync(join(folder, 'lodestone.db'));
  onTestFinished(() => {
    file.close();
  });
  return file;
}

function tablesOf(file: DatabaseSync): readonly string[] {
  const tables = file.prepare("select name from sqlite_master where type = 'table' order by name").all();
  return tables.map(({ name }) => String(name)).filter((name) => !bookkeeping.includes(name));
}

/** Each table's rows as lists of values: a column may get another name, and new columns come last. */
function rowsOf(file: DatabaseSync): ReadonlyMap<string, readonly (readonly unknown[])[]> {
  const rows = (table: string) => file.prepare(`select * from ${table} order by rowid`).all();
  return new Map(tablesOf(file).map((table) => [table, rows(table).map((row) => Object.values(row))]));
}

function schemaOf(file: DatabaseSync): unknown {
  const columns = tablesOf(file).map((table) => {
    const found = file.prepare(`select name, type, "notnull", dflt_value, pk from pragma_table_info('${table}')`).all();
    return [table, found.map((column) => JSON.stringify(column)).toSorted()];
  });
  const indexes = file.prepare("select name, sql from sqlite_master where type = 'index' and sql is not null").all();
  return { columns, indexes: indexes.map((index) => JSON.stringify(index)).toSorted() };
}

async function openAndClose(folder: string): Promise<void> {
  const stores = await openStores({ dataFolder: folder });
  await stores.close();
}

it('a database of the release before numbered migrations keeps all of its rows', async () => {
  const { dataFolder: folder } = await earlierFile();
  const file = openFile(folder);
  const before = rowsOf(file);
  expect([...before.values()].flat().length).toBeGreaterThan(200);
  await openAndClose(folder);
  const after = rowsOf(file);
  for (const [table, rows] of before) {
    const kept = after.get(renamed.get(table) ?? table)?.map((row, index) => row.slice(0, rows[index]?.length));
    expect(kept, table).toEqual(table === 'provider_gates' ? rows.map(withBlockedFields) : rows);
  }
});

it('has the tables of a new one afterwards', async () => {
  const folders = [(await earlierFile()).dataFolder, await temporaryFolder()] as const;
  const [migrated, made] = await Promise.all(
    folders.map(async (folder) => {
      await openAndClose(folder);
      return schemaOf(openFile(folder));
    }),
  );
  expect(migrated).toEqual(made);
});

it('a database of an earlier release still gets the columns that it lacks, also when several open it at once', async () => {
  const { dataFolder: folder } = await earlierFile();
  const file = openFile(folder);
  const complete = schemaOf(file);
  for (const column of ['number', 'handed_over', 'last_error', 'changed_at']) {
    file.exec(`alter table deliveries drop column ${column}`);
  }
  file.exec('alter table steps drop column sequence; drop table parts');
  expect(schemaOf(file)).not.toEqual(complete);
  await Promise.all([openAndClose(folder), openAndClose(folder), openAndClose(folder)]);
  await openAndClose(folder);
  const unset = "select count(*) as count from deliveries where changed_at = ''";
  expect(file.prepare(unset).get()).toMatchObject({ count: 0 });
});

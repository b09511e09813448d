/**
 * A real store in a folder of its own, gone when the test is over: in SQLite, and in a database of its own where the tests run
 * on PostgreSQL, as vitest.config.ts says for the project.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AcrossTenants } from '../../store/across-tenants.ts';
import { openDatabase } from '../../store/database/database.ts';
import { openStores, type Store, type StorePlace, type Stores } from '../../store/store.ts';
import { defaultTenant } from '../../workflows/contract/names.ts';
import { createDatabase, type Template } from './postgres/databases.ts';

export const onPostgres = process.env['LODESTONE_TEST_DATABASE'] === 'postgres';

export interface StoreDatabase {
  /** As `LODESTONE_DATABASE_URL` has it; undefined is SQLite. */
  readonly url: string | undefined;
  readonly drop: () => Promise<void>;
}

/** The store of the default tenant, and what it belongs to. */
export interface TestStore extends Store {
  readonly stores: Stores;
  readonly acrossTenants: AcrossTenants;
}

export async function temporaryStore(): Promise<TestStore> {
  return openTemporary(await temporaryPlace());
}

/** Opens a place, again as another process would. */
export async function openTemporary(place: StorePlace): Promise<TestStore> {
  // It would use SQLite without an error, in a run that must use only PostgreSQL.
  if (onPostgres && place.databaseUrl === undefined)
    throw new Error('a place on PostgreSQL is made by temporaryPlace()');
  const stores = await openStores(place);
  onTestFinished(() => stores.close());
  return { ...stores.forTenant(defaultTenant), stores, acrossTenants: stores.acrossTenants };
}

/** A place for a store, with the tables made. */
export async function temporaryPlace(): Promise<StorePlace> {
  const dataFolder = await temporaryFolder();
  return { dataFolder, databaseUrl: await temporaryStoreDatabase() };
}

/** A new database with the store's tables where the tests run on PostgreSQL; on SQLite the data folder has it. */
export async function createStoreDatabase(): Promise<StoreDatabase> {
  return onPostgres ? createDatabase(migrated) : { url: undefined, drop: async () => undefined };
}

export async function temporaryStoreDatabase(): Promise<string | undefined> {
  const { url, drop } = await createStoreDatabase();
  onTestFinished(drop);
  return url;
}

/** What a process needs for a new database. Without one, the address in the developer's own environment is not passed on. */
export async function databaseSettings(): Promise<{ readonly LODESTONE_DATABASE_URL: string | undefined }> {
  return { LODESTONE_DATABASE_URL: await temporaryStoreDatabase() };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const migrated: Template = {
  name: 'store',
  async fill(url) {
    const database = await openDatabase({ url });
    await database.destroy();
  },
};

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
import { temporaryDatabase, type Template } from './postgres/databases.ts';

export const onPostgres = process.env['LODESTONE_TEST_DATABASE'] === 'postgres';

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
  const stores = await openStores(place);
  onTestFinished(() => stores.close());
  return { ...stores.forTenant(defaultTenant), stores, acrossTenants: stores.acrossTenants };
}

/** A place for a store, with the tables made. */
export async function temporaryPlace(): Promise<StorePlace> {
  const dataFolder = await temporaryFolder();
  return onPostgres ? { dataFolder, databaseUrl: await temporaryDatabase(migrated) } : { dataFolder };
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

/** A new store's database, bound to no tenant, for tests of what reads and keeps runs. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openDatabase, type Database } from '../../../store/database/database.ts';
import { temporaryPlace } from '../temporary-store.ts';

export async function runDatabase(): Promise<Database> {
  const { dataFolder, databaseUrl } = await temporaryPlace();
  const database = await openDatabase(
    databaseUrl === undefined ? { file: join(dataFolder, 'lodestone.db') } : { url: databaseUrl },
  );
  onTestFinished(() => database.destroy());
  return database;
}

/** A process whose migrations failed because another one was faster. */
import { join } from 'node:path';
import { Migrator } from 'kysely/migration';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase, type DatabasePlace } from '../../../store/database/database.ts';
import { makeOlderDatabase } from '../../support/older-database.ts';
import { temporaryDatabase } from '../../support/postgres/databases.ts';
import { onPostgres, temporaryFolder } from '../../support/temporary-store.ts';

/** A database that lacks the newest migration. */
async function olderDatabase(): Promise<DatabasePlace> {
  const place = onPostgres
    ? { url: await temporaryDatabase() }
    : { file: join(await temporaryFolder(), 'lodestone.db') };
  await makeOlderDatabase(place);
  return place;
}

it('goes on when the tables are up to date after all', async () => {
  const place = await olderDatabase();
  const migrating = vi.spyOn(Migrator.prototype, 'migrateToLatest');
  onTestFinished(() => migrating.mockRestore());
  migrating.mockImplementationOnce(async () => {
    await (await openDatabase(place)).destroy();
    return { error: new Error('the table is there already') };
  });
  const database = await openDatabase(place);
  onTestFinished(() => database.destroy());
  expect(migrating).toHaveBeenCalledTimes(2);
  expect(await database.selectFrom('switches').selectAll().execute()).toEqual([]);
});

it('reports what went wrong when they are not', async () => {
  const place = await olderDatabase();
  const migrating = vi.spyOn(Migrator.prototype, 'migrateToLatest');
  onTestFinished(() => migrating.mockRestore());
  migrating.mockResolvedValueOnce({ error: new Error('the disk is full') });
  await expect(openDatabase(place)).rejects.toThrow(/could not be brought up to date: the disk is full$/);
});

it('runs its migrations again when PostgreSQL has aborted them because of a transaction of another process', async () => {
  const place = await olderDatabase();
  const migrating = vi.spyOn(Migrator.prototype, 'migrateToLatest');
  onTestFinished(() => migrating.mockRestore());
  const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' });
  migrating.mockResolvedValueOnce({ error: deadlock });
  const database = await openDatabase(place);
  onTestFinished(() => database.destroy());
  expect(migrating).toHaveBeenCalledTimes(2);
});

it('reports a conflict that does not end', async () => {
  const place = await olderDatabase();
  const migrating = vi.spyOn(Migrator.prototype, 'migrateToLatest');
  onTestFinished(() => migrating.mockRestore());
  migrating.mockResolvedValue({ error: Object.assign(new Error('deadlock detected'), { code: '40P01' }) });
  await expect(openDatabase(place)).rejects.toThrow(/could not be brought up to date: deadlock detected$/);
});

/** A database that lacks the newest migration, whichever that is. */
import { Migrator } from 'kysely/migration';
import { vi } from 'vitest';
import { openDatabase, type DatabasePlace } from '../../store/database/database.ts';
import { migrations } from '../../store/database/migrations/all.ts';

/** Makes the tables at `place`, up to the migration before the newest. */
export async function makeOlderDatabase(place: DatabasePlace): Promise<void> {
  const before = Object.keys(migrations).at(-2) ?? '';
  const migrating = vi.spyOn(Migrator.prototype, 'migrateToLatest');
  migrating.mockImplementationOnce(function (this: Migrator) {
    return this.migrateTo(before);
  });
  await (await openDatabase(place)).destroy();
  migrating.mockRestore();
}

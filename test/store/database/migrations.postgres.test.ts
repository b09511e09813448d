/** Migrations on PostgreSQL: they do to the same rows what they do to SQLite's. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { openDatabase } from '../../../store/database/database.ts';
import { migrations } from '../../../store/database/migrations/all.ts';
import { openPostgres } from '../../../store/database/postgres-dialect.ts';
import { temporaryDatabase } from '../../support/postgres/databases.ts';
import { storedRows } from '../../support/stored-rows.ts';
import { earlierFile, earlierPlace } from './earlier-release.ts';

it('the rows of an earlier release become the same as on SQLite', async () => {
  // A migration notes when it ran.
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-05-01T00:00:00Z') });
  onTestFinished(() => void vi.useRealTimers());
  const [server, file] = await Promise.all([earlierPlace(), earlierFile()]);
  const migrated = sorted(await storedRows(server));
  expect(Object.values(migrated).flat().length).toBeGreaterThan(200);
  expect(migrated).toEqual(sorted(await storedRows(file)));
});

it.each(['0001-first-tables', '0006-shared-keys'])(
  'wait for a transaction of an earlier release that has a batch and goes on to its items, from %s',
  async (release) => {
    const url = await temporaryDatabase();
    const earlier = new Kysely<{ batches: { id: string }; batch_items: { batch_id: string } }>({
      dialect: openPostgres(url, 'store'),
    });
    onTestFinished(() => earlier.destroy());
    const provider = { getMigrations: () => Promise.resolve({ ...migrations }) };
    expect(await new Migrator({ db: earlier, provider }).migrateTo(release)).not.toHaveProperty('error');
    const migrating = await earlier.transaction().execute(async (transaction) => {
      await transaction.selectFrom('batches').select('id').forUpdate().execute();
      const opening = openDatabase({ url });
      opening.catch(() => undefined);
      await vi.waitFor(async () => {
        const waiting = sql`select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`.execute(earlier);
        expect((await waiting).rows).toHaveLength(1);
      }, 20_000);
      await transaction.selectFrom('batch_items').select('batch_id').forUpdate().execute();
      return { opening };
    });
    const opened = await migrating.opening;
    onTestFinished(() => opened.destroy());
    expect(await opened.selectFrom('batches').select('mode').execute()).toEqual([]);
  },
);

/** In an order that does not depend on the database. */
function sorted(tables: Awaited<ReturnType<typeof storedRows>>) {
  const ordered = (row: object): string => JSON.stringify(row, Object.keys(row).toSorted());
  return Object.fromEntries([...tables].map(([table, rows]) => [table, rows.map(ordered).toSorted()]));
}

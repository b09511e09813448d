/** Migrations on PostgreSQL: they do to the same rows what they do to SQLite's. */
import { expect, it, onTestFinished, vi } from 'vitest';
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

/** In an order that does not depend on the database. */
function sorted(tables: Awaited<ReturnType<typeof storedRows>>) {
  const ordered = (row: object): string => JSON.stringify(row, Object.keys(row).toSorted());
  return Object.fromEntries([...tables].map(([table, rows]) => [table, rows.map(ordered).toSorted()]));
}

/**
 * Copies SQLite databases that other processes write to. All are pinned to one moment first, by a read transaction in each: what
 * is committed later is in none of the copies, however long copying takes.
 */
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import type { DatabaseName } from './manifest.ts';

const pagesAtOnce = 1000;
const waitMilliseconds = 10_000;

/**
 * The first database is pinned first. Temporal's comes before the store's: a step that the store knows to be done and Temporal
 * does not is found done when it is tried again, as after a crash; the other way round it would be lost.
 */
export async function copyDatabases(
  names: readonly DatabaseName[],
  from: string,
  to: string,
  progress: (name: DatabaseName, done: number) => void,
): Promise<void> {
  const pinned: { readonly name: DatabaseName; readonly database: DatabaseSync }[] = [];
  try {
    for (const name of names) {
      const database = new DatabaseSync(join(from, name), { readOnly: true, timeout: waitMilliseconds });
      pinned.push({ name, database });
    }
    for (const { database } of pinned) database.exec('begin; select count(*) from sqlite_master');
    for (const { name, database } of pinned) {
      await backup(database, join(to, name), {
        rate: pagesAtOnce,
        progress: ({ totalPages, remainingPages }) => {
          progress(name, 1 - remainingPages / totalPages);
        },
      });
    }
  } finally {
    for (const { database } of pinned) database.close();
  }
}

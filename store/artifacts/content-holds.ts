/**
 * Holds off the removal of content while a backup copies it. A hold is a row with an expiry that its process renews, so that
 * the hold of a process that died ends by itself.
 *
 * The sweep reads which content is needed, then whether there is a hold, and then removes. A backup takes its hold before
 * its copy of the database. So content that the copy names was either needed when the sweep read, or it was put after that
 * (which spares it), or the sweep sees the hold.
 */
import { randomUUID } from 'node:crypto';
import { Kysely } from 'kysely';
import type { Database, Tables } from '../database/database.ts';
import { openSqlite } from '../database/sqlite-dialect.ts';

/** When a hold that is not renewed expires. */
const expiryMilliseconds = 60_000;
const renewMilliseconds = 10_000;

export interface ContentHold {
  /** Whether it has lasted until now: a process that was stopped for long may have lost its hold. */
  lasted(): Promise<boolean>;
  /** Does not fail: a hold that could not be removed expires. */
  release(): Promise<void>;
}

export async function areContentsHeld(database: Database): Promise<boolean> {
  const row = await database
    .selectFrom('content_holds')
    .select('id')
    .where('until_ms', '>', Date.now())
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Takes a hold in the SQLite database of an installation, whose tables it leaves as they are. An installation of an earlier
 * release knows no holds: null.
 */
export async function holdContents(file: string): Promise<ContentHold | null> {
  const database = new Kysely<Tables>({ dialect: openSqlite(file) });
  const hold = await take(database).catch(async (error: unknown) => {
    await database.destroy();
    throw error;
  });
  if (hold === null) await database.destroy();
  return hold;
}

async function take(database: Database): Promise<ContentHold | null> {
  const tables = await database.introspection.getTables();
  if (!tables.some(({ name }) => name === 'content_holds')) return null;
  const id = randomUUID();
  await database.deleteFrom('content_holds').where('until_ms', '<=', Date.now()).execute();
  await database
    .insertInto('content_holds')
    .values({ id, until_ms: Date.now() + expiryMilliseconds })
    .execute();
  const renew = async (): Promise<boolean> => {
    const now = Date.now();
    const { numUpdatedRows } = await database
      .updateTable('content_holds')
      .set({ until_ms: now + expiryMilliseconds })
      .where('id', '=', id)
      .where('until_ms', '>', now)
      .executeTakeFirstOrThrow();
    return numUpdatedRows > 0n;
  };
  // An error is ignored: the hold lasts for several more renewals, and `lasted` tells whether one of them succeeded.
  const renewing = setInterval(() => void renew().catch(() => undefined), renewMilliseconds);
  // A hold that is left behind keeps no process alive.
  renewing.unref();
  return {
    lasted: renew,
    async release() {
      clearInterval(renewing);
      const removal = database.deleteFrom('content_holds').where('id', '=', id);
      await removal.execute().catch(() => undefined);
      await database.destroy().catch(() => undefined);
    },
  };
}

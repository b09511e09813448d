/** Secret keys that all processes of an installation share: each offers its own, and all use the first that was offered. */
import type { Database } from '../database/database.ts';

export interface SharedKeys {
  /** The key of this name; the one that is offered when there is none yet. */
  agree(name: string, offered: Uint8Array): Promise<Uint8Array>;
}

export function createSharedKeys(database: Database): SharedKeys {
  return {
    async agree(name, offered) {
      await database
        .insertInto('shared_keys')
        .values({ name, key: Buffer.from(offered).toString('base64') })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
      const { key } = await database
        .selectFrom('shared_keys')
        .select('key')
        .where('name', '=', name)
        .executeTakeFirstOrThrow();
      return Buffer.from(key, 'base64');
    },
  };
}

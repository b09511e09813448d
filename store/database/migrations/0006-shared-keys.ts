/** Keys that all processes of an installation share, whatever their data folders. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const sharedKeys: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, ['create table shared_keys (name text not null primary key, key text not null)']);
  },
};

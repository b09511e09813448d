/** Holds of backups: while one lasts, no content is removed. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const contentHolds: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, [
      'create table content_holds (id text not null primary key, until_ms bigint not null)',
      'create index content_holds_by_end on content_holds (until_ms)',
    ]);
  },
};

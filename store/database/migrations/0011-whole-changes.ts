/** Changes of a batch with all its items, which take several transactions: what is to be done is written down first. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const wholeChanges: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, [
      `alter table batches add column whole_change text`,
      `create index batches_unfinished on batches (id) where whole_change is not null`,
    ]);
  },
};

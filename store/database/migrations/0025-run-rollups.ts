/** What the last failed attempt of a step has measured, which is part of its run when the workflow ends it. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const runRollups: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, ['alter table steps add column failed_measures text']);
  },
};

/** Finds the experiments that have not ended, of all tenants. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const unendedExperiments: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, ['create index experiments_unended on experiments (id) where ended_at is null']);
  },
};

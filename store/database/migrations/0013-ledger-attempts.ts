/** The attempt that wrote a row of the ledger: an earlier one that still runs does not change it. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const ledgerAttempts: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, ['alter table ledger add column attempt integer not null default 0']);
  },
};

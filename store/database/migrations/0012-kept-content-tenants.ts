/** Gives the rows of kept contents, which migration 0005 left out, the tenant of their job. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const keptContentTenants: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, [
      `update kept_contents set tenant = (select tenant from jobs where id = kept_contents.job_id)
        where job_id in (select id from jobs where tenant <> 'default')`,
    ]);
  },
};

/** What audits read: what a worker tells of its settings, and the jobs that reached their limit. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { lockTables, runStatements } from './statements.ts';

export const audits: Migration = {
  async up(database: Kysely<unknown>) {
    await lockTables(database, ['jobs', 'worker_beats']);
    await runStatements(database, [
      'alter table worker_beats add column told text',
      `create index jobs_out_of_time on jobs (ended_at) where outcome = 'timed_out'`,
    ]);
  },
};

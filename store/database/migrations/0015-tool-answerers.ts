/** Which models have answered a request of a tool, and in whose place. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const toolAnswerers: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, [
      'alter table tool_requests add column answered_by text',
      'alter table tool_requests add column expert_answered_by text',
    ]);
  },
};

/** How long the holder of a work is silent on purpose, before it asks the expert again. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const toolWorkPauses: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, ['alter table tool_work add column pause_milliseconds integer not null default 0']);
  },
};

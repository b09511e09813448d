/** The type of a tool's file that is an image; null for text, as all files were before. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const toolFileImages: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, ['alter table tool_files add column image_type text']);
  },
};

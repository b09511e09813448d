/** The files of tool requests: their names; the contents are where all files are. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const toolFiles: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, [
      `create table tool_files (request_id text not null, name text not null, tenant text not null,
        bytes integer not null, sha256 text not null, primary key (request_id, name))`,
      'create index tool_files_by_content on tool_files (sha256)',
    ]);
  },
};

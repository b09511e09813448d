/** The workers of an installation, with how busy each is. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const workerBeats: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, [
      `create table worker_beats (id text not null primary key, queue text not null, slots integer not null,
        busy integer not null, started_at text not null, seen_at text not null)`,
    ]);
  },
};

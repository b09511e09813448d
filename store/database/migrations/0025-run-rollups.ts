/** Rollups of runs by hour, and what the last failed attempt of a step has measured: part of its run, should the workflow end it. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const runRollups: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, [
      'alter table steps add column failed_measures text',
      `create table run_rollups (tenant text not null, hour integer not null, number integer not null,
        runs integer not null, summary text not null, primary key (hour, number))`,
      `create table run_rollup_state (id integer not null primary key, rolled_until integer, settled_until integer,
        removed_until_ms integer not null)`,
      'insert into run_rollup_state (id, removed_until_ms) values (1, 0)',
    ]);
  },
};

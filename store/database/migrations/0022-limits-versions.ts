/** Versions of limits, their roll-out, proposals of new ones, and the log of who changed what. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const limitsVersions: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, [
      `create table limits_versions (number integer not null primary key, made_at text not null, made_by text not null,
        why text not null, parent integer not null, overrides text not null)`,
      `create table limits_rollout (id integer not null primary key, stable integer not null, candidate integer,
        percent integer not null, salt text, began_at text, changed_at text, revision integer not null)`,
      'insert into limits_rollout (id, stable, percent, revision) values (1, 0, 0, 0)',
      `create table limits_proposals (number integer primary key autoincrement, made_at text not null,
        state text not null, base integer not null, overrides text not null, why text not null,
        evidence text not null, expires_at text, decided_at text, decided_by text, note text, version integer)`,
      "create unique index limits_proposals_open on limits_proposals (state) where state = 'open'",
      `create table limits_audit (sequence integer primary key autoincrement, at text not null, who text not null,
        action text not null, version integer, proposal integer, why text not null, evidence text)`,
      'alter table jobs add column limits_version integer not null default 0',
      'create index jobs_by_limits_version on jobs (limits_version, submitted_at)',
    ]);
  },
};

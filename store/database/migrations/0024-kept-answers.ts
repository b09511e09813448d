/** Answers of AI steps that are kept for the same request of another job, by the hash of the request. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const keptAnswers: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, [
      `create table kept_answers (tenant text not null, key text not null, sha256 text not null, kept_at text not null,
        expires_at text not null, primary key (tenant, key))`,
      'create index kept_answers_by_content on kept_answers (sha256)',
      'create index kept_answers_by_expiry on kept_answers (expires_at)',
      'create index kept_answers_by_age on kept_answers (kept_at)',
    ]);
  },
};

/** Who asks the expert for which work, so that one request asks and others wait; and the order of the list of requests. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const toolWork: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, [
      `create table tool_work (work_hash text not null, tenant text not null, request_id text not null,
        beats integer not null, primary key (tenant, work_hash))`,
      'create index tool_work_by_request on tool_work (request_id)',
      'create index tool_requests_by_acceptance on tool_requests (tenant, accepted_at, id)',
    ]);
  },
};

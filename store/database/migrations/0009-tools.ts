/** Conversations with expert tools, and each request of one. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const tools: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, [
      `create table tool_conversations (id text not null primary key, tenant text not null, created_at text not null,
        expires_at text not null)`,
      'create index tool_conversations_by_end on tool_conversations (expires_at)',
      `create table tool_requests (id text not null primary key, tenant text not null, tool text not null,
        conversation_id text not null, turn integer not null, state text not null, phase text not null, outcome text,
        input text not null, input_hash text not null, limits text not null, tokens integer not null, answer text,
        expert_answer text, expert_reused integer not null, work_hash text, cut text, accepted_at text not null,
        started_at text, ended_at text)`,
      'create unique index tool_requests_by_turn on tool_requests (conversation_id, turn)',
      "create index tool_requests_queued on tool_requests (accepted_at) where state = 'queued'",
      'create index tool_requests_by_work on tool_requests (tenant, work_hash) where expert_answer is not null',
    ]);
  },
};

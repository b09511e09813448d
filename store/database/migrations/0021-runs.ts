/** One row for each run that has ended, with where its time went. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

export const runs: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, [
      `create table runs (key text not null primary key, tenant text not null, kind text not null, work text not null,
        owner_id text not null, part_id text, lead_magnet text, model text, outcome text not null, reason text,
        status_code integer, attempt_seconds double precision, total_seconds double precision,
        heartbeat_seconds double precision, attempts_allowed integer, limits_version integer not null,
        queued_ms integer not null, ended_ms integer not null, duration_ms integer not null,
        is_measured integer not null, queue_ms integer not null, retry_ms integer not null, person_ms integer not null,
        model_ms integer not null, tool_ms integer not null, browser_ms integer not null, sandbox_ms integer not null,
        render_ms integer not null, store_ms integer not null, other_ms integer not null, turns integer not null,
        input_tokens integer not null, output_tokens integer not null, cost_microusd integer not null,
        memory_peak_bytes integer, memory_mean_bytes integer, cold_start integer, longest_repeat integer,
        limit_permille integer,
        attempts integer not null)`,
      'create index runs_by_end on runs (ended_ms, key)',
      'create index runs_by_work on runs (kind, work, ended_ms)',
      'create index runs_by_tenant on runs (tenant, ended_ms, key)',
      'create index runs_by_tenant_and_work on runs (tenant, kind, work, ended_ms)',
      'create index runs_by_owner on runs (tenant, owner_id, ended_ms, key)',
      'create index runs_by_lead_magnet on runs (tenant, lead_magnet, ended_ms, work) where lead_magnet is not null',
      'create index runs_near_limit on runs (ended_ms, limit_permille, kind, work, reason) where limit_permille >= 800',
    ]);
  },
};

/**
 * The tables of the first release with numbered migrations. A database of an earlier release has most of them: it gets what it
 * lacks, tables and columns, and keeps its rows.
 */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { ownTables } from '../own-tables.ts';
import { runStatements } from './statements.ts';

export const firstTables: Migration = {
  async up(database: Kysely<unknown>) {
    const before = await ownTables(database);
    await runStatements(database, statements);
    for (const { table, column, type, fill } of laterColumns) {
      const columns = before.find(({ name }) => name === table)?.columns;
      if (columns === undefined || columns.some(({ name }) => name === column)) continue;
      await sql`alter table ${sql.table(table)} add column ${sql.id(column)} ${sql.raw(type)}`.execute(database);
      if (fill !== undefined) await sql.raw(fill).execute(database);
    }
  },
};

const statements: readonly string[] = [
  `create table if not exists lead_magnets (tenant text not null, slug text not null, version integer not null,
    definition text not null, hash text not null, created_at text not null, primary key (tenant, slug, version))`,
  `create table if not exists submissions (tenant text not null, slug text not null, address text not null,
    job_id text not null primary key, at text not null)`,
  `create index if not exists submissions_by_address on submissions (tenant, slug, address, at)`,
  `create table if not exists jobs (id text not null primary key, tenant text not null, slug text not null,
    name text not null, lead_magnet_version integer not null, state text not null, outcome text, reason text,
    input text not null, input_hash text not null, handed_over integer not null, submitted_at text not null,
    started_at text, ended_at text, version integer not null)`,
  `create index if not exists jobs_by_time on jobs (tenant, submitted_at)`,
  `create index if not exists jobs_by_state on jobs (state, submitted_at)`,
  `create table if not exists steps (job_id text not null, step_id text not null, position integer not null,
    title text not null, kind text not null, needs text not null, generation integer not null, state text not null,
    reason text, attempts integer not null, iterations integer not null, rung text, started_at text, ended_at text,
    screenshot text, note text, sequence integer not null default 0, primary key (job_id, step_id))`,
  `create table if not exists deliveries (job_id text not null, delivery_id text not null, position integer not null,
    kind text not null, state text not null, attempts integer not null, target text, reason text, scheduled_for text,
    delivered_at text, number integer not null default 0, handed_over integer not null default 1, last_error text,
    changed_at text not null default '', primary key (job_id, delivery_id))`,
  `create table if not exists delivery_inputs (job_id text not null, delivery_id text not null, input text not null,
    primary key (job_id, delivery_id))`,
  `create index if not exists deliveries_by_state on deliveries (state)`,
  `create table if not exists events (sequence integer primary key autoincrement, job_id text not null,
    at text not null, type text not null, step_id text, message text not null, data text not null)`,
  `create index if not exists events_by_job on events (job_id, sequence)`,
  `create table if not exists artifacts (job_id text not null, name text not null, step_id text, media_type text not null,
    bytes integer not null, sha256 text not null, deliverable integer not null, created_at text not null,
    primary key (job_id, name))`,
  `create table if not exists ledger (key text not null primary key, job_id text not null, kind text not null,
    state text not null, data text not null, updated_at text not null)`,
  `create index if not exists ledger_by_job on ledger (job_id)`,
  `create table if not exists checkpoints (key text not null primary key, job_id text not null,
    attempt integer not null, data text not null, updated_at text not null)`,
  `create table if not exists model_calls (response_id text not null primary key, job_id text not null,
    step_id text not null, model text not null, input_tokens integer not null, cached_input_tokens integer not null,
    output_tokens integer not null, cost_usd real not null, at text not null, call_key text not null default '')`,
  `create index if not exists model_calls_by_job on model_calls (job_id)`,
  `create table if not exists computer_turns (job_id text not null, step_id text not null, generation integer not null,
    iteration integer not null, sequence integer not null, attempt integer not null, rung text not null,
    looked_at text not null, answered_at text, url text not null, screenshot text not null,
    screenshot_sha256 text not null, notes text not null, words text not null, response_id text, actions text not null,
    input_tokens integer not null, cached_input_tokens integer not null, output_tokens integer not null,
    cost_usd real not null, spent_usd real not null, active_milliseconds integer not null,
    primary key (job_id, step_id, generation, iteration))`,
  `create index if not exists computer_turns_by_change on computer_turns (job_id, step_id, sequence)`,
  `create table if not exists approvals (job_id text not null, request_id text not null, step_id text not null,
    call_id text not null, question text not null, url text not null, screenshot_name text not null,
    screenshot_sha256 text not null, state text not null, asked_at text not null, expires_at text not null,
    decided_at text, decided_by text, note text, primary key (job_id, request_id))`,
  `create index if not exists approvals_by_state on approvals (state, asked_at)`,
  `create table if not exists batches (id text not null primary key, tenant text not null, definition text not null,
    limits text not null, cap_nano integer not null, cap_hour_nano integer not null, calls_per_hour integer not null,
    state text not null, outcome text, reason text, pause text, item_count integer not null,
    next_position integer not null, spent_nano integer not null, reserved_nano integer not null, estimate_nano integer,
    worst_nano integer, continuations integer not null, created_at text not null, started_at text, ended_at text,
    version integer not null)`,
  `create index if not exists batches_by_time on batches (tenant, created_at)`,
  `create index if not exists batches_by_state on batches (state)`,
  `create table if not exists batch_items (batch_id text not null, position integer not null, item text not null,
    status text not null, attempts integer not null, lane integer, response_id text, next_attempt_ms integer,
    reserved_nano integer not null, reserved_minute integer not null, flagged integer not null,
    input_tokens integer not null, cached_input_tokens integer not null, output_tokens integer not null,
    cost_nano integer not null, error text, output text, output_sha256 text, created_ms integer not null,
    submitted_ms integer, ended_ms integer, intended_ms integer, primary key (batch_id, position))`,
  `create index if not exists batch_items_by_status on batch_items (batch_id, status, lane, position)`,
  `create index if not exists batch_items_pending on batch_items (batch_id, position, next_attempt_ms) where status = 'pending'`,
  `create index if not exists batch_items_by_response on batch_items (response_id) where response_id is not null`,
  `create index if not exists batch_items_uncertain on batch_items (ended_ms) where status = 'uncertain'`,
  // Whoever follows a batch asks for these every half second: without an index each look reads all of its items.
  `create index if not exists batch_items_flagged on batch_items (batch_id) where flagged = 1`,
  `create index if not exists batch_items_by_end on batch_items (batch_id, ended_ms) where ended_ms is not null`,
  `create table if not exists batch_lanes (batch_id text not null, lane integer not null, epoch integer not null,
    primary key (batch_id, lane))`,
  `create table if not exists batch_minutes (batch_id text not null, minute integer not null, calls integer not null,
    nano integer not null, primary key (batch_id, minute))`,
  `create table if not exists batch_parcels (batch_id text not null, number integer not null, state text not null,
    uploads integer not null, creations integer not null, file_id text, provider_id text, created_ms integer not null,
    cancelled_ms integer, primary key (batch_id, number))`,
  `create index if not exists batch_parcels_by_provider on batch_parcels (provider_id) where provider_id is not null`,
  `create table if not exists upload_turns (batch_id text not null primary key, token text not null,
    until_ms integer not null)`,
  `create table if not exists batch_waits (batch_id text not null, lane integer not null, kind text not null,
    message text not null, until_ms integer not null, primary key (batch_id, lane))`,
  `create table if not exists provider_gates (key text not null primary key, data text not null, updated_at text not null)`,
  `create table if not exists batch_uploads (batch_id text not null, key text not null, first_position integer not null,
    end_position integer, digest text, primary key (batch_id, key))`,
  `create table if not exists switches (name text not null primary key, message text not null, at text not null)`,
  `create table if not exists controls (job_id text not null, step_id text not null, state text not null,
    asked_by text not null, asked_at text not null, seen_at text not null, note text, screen text,
    after integer not null, primary key (job_id, step_id))`,
  `create table if not exists person_actions (sequence integer primary key autoincrement, job_id text not null,
    step_id text not null, action text, described text not null, outcome text not null, problem text, at text not null)`,
  `create index if not exists person_actions_by_step on person_actions (job_id, step_id, sequence)`,
  `create table if not exists provider_events (response_id text not null primary key, type text not null,
    received_ms integer not null, call_key text)`,
  `create index if not exists provider_events_by_time on provider_events (received_ms)`,
  `create index if not exists provider_events_unnamed on provider_events (received_ms) where call_key is null`,
  `create index if not exists provider_events_by_call on provider_events (call_key) where call_key is not null`,
  `create table if not exists alerts (key text not null primary key, type text not null, batch_id text,
    message text not null, since text not null)`,
  `create table if not exists parts (name text not null primary key, state text not null, restarts integer not null,
    last_death_at text, last_death_reason text, seen_at text not null)`,
];

/** Columns that came after their tables, in releases that had no numbered migrations. Only SQLite has such databases. */
const laterColumns: readonly {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** Sets the column in the rows that were there before. */
  readonly fill?: string;
}[] = [
  { table: 'steps', column: 'sequence', type: 'integer not null default 0' },
  { table: 'model_calls', column: 'call_key', type: "text not null default ''" },
  { table: 'batch_items', column: 'intended_ms', type: 'integer' },
  { table: 'deliveries', column: 'number', type: 'integer not null default 0' },
  { table: 'deliveries', column: 'handed_over', type: 'integer not null default 1' },
  { table: 'deliveries', column: 'last_error', type: 'text' },
  {
    table: 'deliveries',
    column: 'changed_at',
    type: "text not null default ''",
    fill: `update deliveries set changed_at = coalesce(delivered_at,
      (select coalesce(ended_at, started_at, submitted_at) from jobs where jobs.id = deliveries.job_id), '')`,
  },
];

/** The tables, as kysely types and as the migrations that make them. Times are ISO 8601 text, UTC; JSON is text. */
import { Kysely, sql, type Generated } from 'kysely';
import { alertStatements, type AlertTable } from './alert-table.ts';
import { batchStatements, type BatchTables } from './batch-tables.ts';
import { controlStatements, type ControlTables } from './control-tables.ts';
import { partStatements, type PartTable } from './part-table.ts';
import { providerEventStatements, type ProviderEventTables } from './provider-event-tables.ts';
import { openSqlite } from './sqlite-dialect.ts';

export interface Tables extends AlertTable, BatchTables, ControlTables, PartTable, ProviderEventTables {
  lead_magnets: { tenant: string; slug: string; version: number; definition: string; hash: string; created_at: string };
  submissions: { tenant: string; slug: string; address: string; job_id: string; at: string };
  jobs: {
    id: string;
    tenant: string;
    slug: string;
    name: string;
    lead_magnet_version: number;
    state: string;
    outcome: string | null;
    reason: string | null;
    input: string;
    input_hash: string;
    handed_over: number;
    submitted_at: string;
    started_at: string | null;
    ended_at: string | null;
    version: number;
  };
  steps: {
    job_id: string;
    step_id: string;
    position: number;
    title: string;
    kind: string;
    needs: string;
    generation: number;
    sequence: number;
    state: string;
    reason: string | null;
    attempts: number;
    iterations: number;
    rung: string | null;
    started_at: string | null;
    ended_at: string | null;
    screenshot: string | null;
    note: string | null;
  };
  deliveries: {
    job_id: string;
    delivery_id: string;
    position: number;
    kind: string;
    state: string;
    attempts: number;
    target: string | null;
    reason: string | null;
    scheduled_for: string | null;
    delivered_at: string | null;
    number: number;
    handed_over: number;
    last_error: string | null;
    changed_at: string;
  };
  delivery_inputs: { job_id: string; delivery_id: string; input: string };
  events: {
    sequence: Generated<number>;
    job_id: string;
    at: string;
    type: string;
    step_id: string | null;
    message: string;
    data: string;
  };
  artifacts: {
    job_id: string;
    name: string;
    step_id: string | null;
    media_type: string;
    bytes: number;
    sha256: string;
    deliverable: number;
    created_at: string;
  };
  approvals: {
    job_id: string;
    request_id: string;
    step_id: string;
    call_id: string;
    question: string;
    url: string;
    screenshot_name: string;
    screenshot_sha256: string;
    state: string;
    asked_at: string;
    expires_at: string;
    decided_at: string | null;
    decided_by: string | null;
    note: string | null;
  };
  ledger: { key: string; job_id: string; kind: string; state: string; data: string; updated_at: string };
  checkpoints: { key: string; job_id: string; attempt: number; data: string; updated_at: string };
  model_calls: {
    response_id: string;
    job_id: string;
    step_id: string;
    model: string;
    input_tokens: number;
    cached_input_tokens: number;
    output_tokens: number;
    cost_usd: number;
    at: string;
    /** The key of the call's row in the ledger; empty for calls from before it was kept here. */
    call_key: string;
  };
  computer_turns: {
    job_id: string;
    step_id: string;
    generation: number;
    iteration: number;
    sequence: number;
    attempt: number;
    rung: string;
    looked_at: string;
    answered_at: string | null;
    url: string;
    screenshot: string;
    screenshot_sha256: string;
    notes: string;
    words: string;
    response_id: string | null;
    actions: string;
    input_tokens: number;
    cached_input_tokens: number;
    output_tokens: number;
    cost_usd: number;
    spent_usd: number;
    active_milliseconds: number;
  };
}

export type Database = Kysely<Tables>;

/** Opens the store's database and brings its tables up to date. Safe when several processes do so at once. */
export async function openDatabase(path: string): Promise<Database> {
  const database = new Kysely<Tables>({ dialect: openSqlite(path) });
  for (const statement of statements) await sql.raw(statement).execute(database);
  for (const column of columns) await addColumn(database, column);
  return database;
}

/** A column that came after its table, and what fills it in rows from before. */
interface LaterColumn {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly fill?: string;
}

/** Adds a column to a table of an earlier release; SQLite has no "if not exists" for that. */
async function addColumn(database: Database, { table, column, type, fill }: LaterColumn): Promise<void> {
  const has = sql<{ name: string }>`select name from pragma_table_info(${table}) where name = ${column}`;
  if ((await has.execute(database)).rows.length > 0) return;
  try {
    await database.transaction().execute(async (transaction) => {
      await sql`alter table ${sql.table(table)} add column ${sql.id(column)} ${sql.raw(type)}`.execute(transaction);
      if (fill !== undefined) await sql.raw(fill).execute(transaction);
    });
  } catch (error) {
    // Another process may have added it meanwhile.
    if ((await has.execute(database)).rows.length === 0) throw error;
  }
}

// Each statement changes nothing when it has run before: a new table is a new line at the end.
const statements: readonly string[] = [
  `create table if not exists lead_magnets (tenant text not null, slug text not null, version integer not null,
    definition text not null, hash text not null, created_at text not null, primary key (tenant, slug, version))`,
  `create table if not exists submissions (tenant text not null, slug text not null, address text not null,
    job_id text not null primary key, at text not null)`,
  `create index if not exists submissions_by_address on submissions (tenant, slug, address, at)`,
  `create table if not exists jobs (id text not null primary key, tenant text not null, slug text not null,
    name text not null, lead_magnet_version integer not null, state text not null, outcome text, reason text,
    input text not null, input_hash text not null, handed_over integer not null, submitted_at text not null, started_at text, ended_at text,
    version integer not null)`,
  `create index if not exists jobs_by_time on jobs (tenant, submitted_at)`,
  `create index if not exists jobs_by_state on jobs (state, submitted_at)`,
  `create table if not exists steps (job_id text not null, step_id text not null, position integer not null,
    title text not null, kind text not null, needs text not null, generation integer not null, state text not null,
    reason text, attempts integer not null, iterations integer not null, rung text, started_at text, ended_at text,
    screenshot text, note text, primary key (job_id, step_id))`,
  `create table if not exists deliveries (job_id text not null, delivery_id text not null, position integer not null,
    kind text not null, state text not null, attempts integer not null, target text, reason text, scheduled_for text,
    delivered_at text, primary key (job_id, delivery_id))`,
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
    output_tokens integer not null, cost_usd real not null, at text not null)`,
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
  ...batchStatements,
  ...controlStatements,
  ...providerEventStatements,
  ...alertStatements,
  ...partStatements,
];

/** A new one is a new line at the end. */
const columns: readonly LaterColumn[] = [
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

/** The tables as Kysely types. Times are ISO 8601 text, UTC; JSON is text. `migrations/` makes and changes them. */
import { Kysely, type Generated, type GeneratedAlways } from 'kysely';
import type { AlertTable } from './tables/alert-table.ts';
import type { ArtifactTables } from './tables/artifact-tables.ts';
import type { BatchTables } from './tables/batch-tables.ts';
import type { ControlTables } from './tables/control-tables.ts';
import type { PartTable } from './tables/part-table.ts';
import type { ExperimentTables } from './tables/experiment-tables.ts';
import type { LimitsTables } from './tables/limits-tables.ts';
import type { ProviderEventTables } from './tables/provider-event-tables.ts';
import { migrateDatabase } from './migrate.ts';
import type { ToolTables } from './tables/tool-tables.ts';
import type { RunRollupTables } from './tables/run-rollup-tables.ts';
import type { RunTable } from './tables/run-table.ts';
import type { PlatformTable } from './tables/platform-tables.ts';
import { openPostgres, placeOf } from './postgres-dialect.ts';
import { openSqlite } from './sqlite-dialect.ts';
import { tellStoreTime } from './store-times.ts';

interface Rows
  extends
    AlertTable,
    ArtifactTables,
    BatchTables,
    ControlTables,
    ExperimentTables,
    LimitsTables,
    PartTable,
    ProviderEventTables,
    RunRollupTables,
    RunTable,
    ToolTables {
  lead_magnets: { slug: string; version: number; definition: string; hash: string; created_at: string };
  shared_keys: { name: string; key: string };
  submissions: { slug: string; address: string; job_id: string; at: string };
  jobs: {
    id: string;
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
    /** The version of the table of limits that the job was accepted with. */
    limits_version: Generated<number>;
    version: number;
    /** The days of the retention that has removed its files; null while they are kept. */
    files_removed_after_days: number | null;
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
    recovery_level: string | null;
    started_at: string | null;
    ended_at: string | null;
    screenshot: string | null;
    note: string | null;
    /** What the last failed attempt has measured, as JSON. */
    failed_measures: string | null;
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
  ledger: {
    key: string;
    job_id: string;
    kind: string;
    state: string;
    data: string;
    updated_at: string;
    /** The attempt that wrote the row last; 0 where attempts are not told apart. */
    attempt: Generated<number>;
  };
  checkpoints: {
    key: string;
    job_id: string;
    attempt: number;
    data: string;
    /** Content that `data` needs. */
    content_sha256: string | null;
    updated_at: string;
  };
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
    recovery_level: string;
    looked_at: string;
    answered_at: string | null;
    url: string;
    screenshot: string;
    screenshot_sha256: string;
    notes: string;
    text: string;
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

/** Each row of a table of tenants has its tenant, which no query names: `tenant-binding.ts` puts it in. */
export type Tables = {
  [Name in keyof Rows]: Name extends PlatformTable ? Rows[Name] : Rows[Name] & { tenant: GeneratedAlways<string> };
};

export type Database = Kysely<Tables>;

/** A file of SQLite, or the address of a database of PostgreSQL. */
export type DatabasePlace = { readonly file: string } | { readonly url: string };

/** Opens the store's database and brings its tables up to date. Safe when several processes do so at once. */
export async function openDatabase(place: DatabasePlace): Promise<Database> {
  const where = 'url' in place ? placeOf(place.url) : place.file;
  const dialect = (use: 'migrations' | 'store') =>
    'url' in place ? openPostgres(place.url, use) : openSqlite(place.file, use);
  const migrating = new Kysely<Tables>({ dialect: dialect('migrations') });
  try {
    await migrateDatabase(migrating, where);
  } finally {
    await migrating.destroy();
  }
  return new Kysely<Tables>({
    dialect: dialect('store'),
    log: ({ queryDurationMillis }) => tellStoreTime(queryDurationMillis),
  });
}

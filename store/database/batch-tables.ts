/**
 * The tables of batches. Money is whole nano-dollars (1e-9 USD), so that sums and caps are exact; times that are
 * computed with are milliseconds since the epoch, all others ISO 8601 text.
 */
export interface BatchTables {
  batches: {
    id: string;
    tenant: string;
    definition: string;
    limits: string;
    /** Copies of limits that are judged in SQL. */
    cap_nano: number;
    cap_hour_nano: number;
    calls_per_hour: number;
    state: string;
    outcome: string | null;
    reason: string | null;
    pause: string | null;
    /** Items below this position belong to the batch; those above were stored for an append that is not in force yet. */
    item_count: number;
    next_position: number;
    spent_nano: number;
    reserved_nano: number;
    estimate_nano: number | null;
    worst_nano: number | null;
    continuations: number;
    created_at: string;
    started_at: string | null;
    ended_at: string | null;
    version: number;
  };
  batch_items: {
    batch_id: string;
    position: number;
    item: string;
    status: string;
    attempts: number;
    /** The partition that has taken the item; null for one that is free. */
    lane: number | null;
    response_id: string | null;
    next_attempt_ms: number | null;
    reserved_nano: number;
    reserved_minute: number;
    flagged: number;
    input_tokens: number;
    cached_input_tokens: number;
    output_tokens: number;
    cost_nano: number;
    error: string | null;
    output: string | null;
    output_sha256: string | null;
    created_ms: number;
    submitted_ms: number | null;
    /** When leave was given for the newest submission. */
    intended_ms: number | null;
    ended_ms: number | null;
  };
  /** The generation of a partition is its newest attempt: an older one that lives on can write nothing. */
  batch_lanes: { batch_id: string; lane: number; epoch: number };
  /** What was submitted and spent (or reserved) in each minute, for the limits of an hour. */
  batch_minutes: { batch_id: string; minute: number; calls: number; nano: number };
  /** What was handed to the provider's batch API as one file: the ledger of an economy batch. */
  batch_parcels: {
    batch_id: string;
    number: number;
    state: string;
    uploads: number;
    creations: number;
    file_id: string | null;
    provider_id: string | null;
    created_ms: number;
    cancelled_ms: number | null;
  };
  /** Uploads of items: from the position where they began to the one after their last, null until all are stored. */
  batch_uploads: {
    batch_id: string;
    key: string;
    first_position: number;
    end_position: number | null;
    digest: string | null;
  };
  /** The upload that may send items to a batch at the moment. */
  upload_turns: { batch_id: string; token: string; until_ms: number };
  /** What each partition waits for at the moment. */
  batch_waits: { batch_id: string; lane: number; kind: string; message: string; until_ms: number };
  provider_gates: { key: string; data: string; updated_at: string };
  switches: { name: string; message: string; at: string };
}

export const batchStatements: readonly string[] = [
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
    submitted_ms integer, ended_ms integer, primary key (batch_id, position))`,
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
];

const nanoInUsd = 1e9;

/** Rounded up, so that no cap is exceeded by a fraction. */
export function toNano(usd: number): number {
  return Math.ceil(usd * nanoInUsd - 1e-6);
}

export function toUsd(nano: number): number {
  return nano / nanoInUsd;
}

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
    partition: number | null;
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
  batch_partitions: { batch_id: string; partition: number; generation: number };
  /** What was submitted and spent (or reserved) in each minute, for the limits of an hour. */
  batch_minutes: { batch_id: string; minute: number; calls: number; nano: number };
  /** What was handed to the provider's batch API as one file: the ledger of an economy batch. */
  provider_batches: {
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
  upload_locks: { batch_id: string; token: string; until_ms: number };
  /** What each partition waits for at the moment. */
  batch_waits: { batch_id: string; partition: number; kind: string; message: string; until_ms: number };
  rate_limiters: { key: string; data: string; updated_at: string };
  switches: { name: string; message: string; at: string };
}

const nanoInUsd = 1e9;

/** Rounded up, so that no cap is exceeded by a fraction. */
export function toNano(usd: number): number {
  return Math.ceil(usd * nanoInUsd - 1e-6);
}

export function toUsd(nano: number): number {
  return nano / nanoInUsd;
}

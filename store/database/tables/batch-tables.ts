/**
 * The tables of batches. Amounts of money are whole nano-dollars (1e-9 USD), so that sums and caps are exact. Times used in
 * computations are milliseconds since the epoch, all others ISO 8601 text.
 */
export interface BatchTables {
  batches: {
    id: string;
    definition: string;
    /** A copy of the definition's mode, by which queries search. */
    mode: string;
    limits: string;
    /** Copies of limits that SQL conditions use. */
    cap_nano: number;
    cap_hour_nano: number;
    calls_per_hour: number;
    state: string;
    outcome: string | null;
    reason: string | null;
    pause: string | null;
    /** Items below this position belong to the batch; those above belong to an append that has not taken effect yet. */
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
    /** The days of the retention that has removed its large outputs; null while they are kept. */
    files_removed_after_days: number | null;
    /** A change of the batch with all its items that is not complete, as JSON; `batch-with-items.ts` has it. */
    whole_change: string | null;
  };
  batch_items: {
    batch_id: string;
    position: number;
    item: string;
    status: string;
    attempts: number;
    /** The partition that has taken the item; null when the item is free. */
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
    /** A copy of the error's type, by which queries search. */
    error_type: string | null;
    output: string | null;
    output_sha256: string | null;
    /** The days of the retention that has removed a large output; null otherwise. */
    output_removed_after_days: number | null;
    created_ms: number;
    submitted_ms: number | null;
    /** When the newest submission was admitted. */
    intended_ms: number | null;
    ended_ms: number | null;
  };
  /** The newest generation of each partition; attempts with an older one can write nothing. */
  batch_partitions: { batch_id: string; partition: number; generation: number };
  /** Calls and money (spent or reserved) of each minute, for the limits of an hour. */
  batch_minutes: { batch_id: string; minute: number; calls: number; nano: number };
  /** Files of items that were submitted to the provider's batch API: the ledger of economy batches. */
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
  /** Uploads of items; `end_position` is the one after the last item, null until all are stored. */
  batch_uploads: {
    batch_id: string;
    key: string;
    first_position: number;
    end_position: number | null;
    digest: string | null;
  };
  /** The upload that may add items to a batch now. */
  upload_locks: { batch_id: string; token: string; until_ms: number };
  /** What each partition waits for now. */
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

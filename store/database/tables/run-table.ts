/** The table of runs: one row for each run that has ended. See `workflows/contract/runs/run.ts`. */
export interface RunTable {
  runs: {
    key: string;
    kind: string;
    work: string;
    owner_id: string;
    part_id: string | null;
    lead_magnet: string | null;
    model: string | null;
    outcome: string;
    reason: string | null;
    status_code: number | null;
    attempt_seconds: number | null;
    total_seconds: number | null;
    heartbeat_seconds: number | null;
    attempts_allowed: number | null;
    limits_version: number;
    queued_ms: number;
    ended_ms: number;
    duration_ms: number;
    /** 1 when a worker has measured the parts of the duration. */
    is_measured: number;
    queue_ms: number;
    retry_ms: number;
    person_ms: number;
    model_ms: number;
    tool_ms: number;
    browser_ms: number;
    sandbox_ms: number;
    render_ms: number;
    store_ms: number;
    other_ms: number;
    turns: number;
    input_tokens: number;
    output_tokens: number;
    cost_microusd: number;
    memory_peak_bytes: number | null;
    memory_mean_bytes: number | null;
    cold_start: number | null;
    longest_repeat: number | null;
    /** Thousandths of its limit. See `limitPermille`. */
    limit_permille: number | null;
    attempts: number;
  };
}

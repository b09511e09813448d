/** Jobs that ended with one run of an AI step each, written as rows: trials of limits need hundreds of them. */
import { aiStep, jobInput } from '../definitions.ts';
import { openDatabaseOf } from '../stored-rows.ts';
import type { StorePlace } from '../../../store/store.ts';

export interface RecordedJob {
  readonly id: string;
  readonly limitsVersion: number;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly outcome: 'succeeded' | 'timed_out';
}

const input = JSON.stringify(jobInput({ steps: [aiStep('a')] }));
const rowsAtOnce = 200;

export async function recordJobs(place: StorePlace, jobs: readonly RecordedJob[]): Promise<void> {
  const database = await openDatabaseOf(place);
  const unbound = database;
  try {
    for (let from = 0; from < jobs.length; from += rowsAtOnce) {
      const some = jobs.slice(from, from + rowsAtOnce);
      await unbound.insertInto('jobs').values(some.map(jobRow)).execute();
      await unbound.insertInto('runs').values(some.map(runRow)).execute();
    }
  } finally {
    await database.destroy();
  }
}

function jobRow({ id, limitsVersion, startedAtMs, durationMs }: RecordedJob) {
  const [startedAt, endedAt] = [startedAtMs, startedAtMs + durationMs].map((time) => new Date(time).toISOString());
  return {
    tenant: 'default',
    id,
    slug: 'test',
    name: 'Test',
    lead_magnet_version: 1,
    state: 'ended',
    outcome: 'completed',
    reason: null,
    input,
    input_hash: '',
    handed_over: 1,
    submitted_at: startedAt ?? '',
    started_at: startedAt ?? '',
    ended_at: endedAt ?? '',
    limits_version: limitsVersion,
    version: 1,
    files_removed_after_days: null,
  };
}

function runRow({ id, limitsVersion, startedAtMs, durationMs, outcome }: RecordedJob) {
  return {
    tenant: 'default',
    key: `step.${id}.a.1`,
    kind: 'step',
    work: 'ai',
    owner_id: id,
    part_id: 'a',
    lead_magnet: 'test',
    model: null,
    outcome,
    reason: null,
    status_code: null,
    attempt_seconds: null,
    total_seconds: null,
    heartbeat_seconds: null,
    attempts_allowed: null,
    limits_version: limitsVersion,
    queued_ms: startedAtMs,
    ended_ms: startedAtMs + durationMs,
    duration_ms: durationMs,
    is_measured: 1,
    queue_ms: 0,
    retry_ms: 0,
    person_ms: 0,
    model_ms: durationMs,
    tool_ms: 0,
    browser_ms: 0,
    sandbox_ms: 0,
    render_ms: 0,
    store_ms: 0,
    other_ms: 0,
    turns: 0,
    input_tokens: 0,
    output_tokens: 0,
    cost_microusd: 100,
    memory_peak_bytes: null,
    memory_mean_bytes: null,
    cold_start: null,
    longest_repeat: null,
    attempts: 1,
  };
}

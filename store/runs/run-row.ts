/** The rows of runs, parsed. */
import type { Selectable } from 'kysely';
import { z } from 'zod';
import { reasonTypes } from '../../workflows/contract/failures.ts';
import { runKinds, runOutcomes, type Run, type RunReason } from '../../workflows/contract/runs/run.ts';
import type { Tables } from '../database/database.ts';

const KindSchema = z.enum(runKinds);
const OutcomeSchema = z.enum(runOutcomes);
/** A newer version may have written one that this version does not know: a report over many runs must not fail for it. */
const ReasonSchema = z
  .union([z.enum(reasonTypes), z.templateLiteral(['experiment_', z.string()])])
  .nullable()
  .catch('unexpected') satisfies z.ZodType<RunReason | null>;

export function runOf(row: Selectable<Tables['runs']>): Run {
  const hasLimits = row.attempt_seconds !== null || row.total_seconds !== null || row.attempts_allowed !== null;
  return {
    key: row.key,
    kind: KindSchema.parse(row.kind),
    work: row.work,
    ownerId: row.owner_id,
    partId: row.part_id,
    leadMagnet: row.lead_magnet,
    model: row.model,
    outcome: OutcomeSchema.parse(row.outcome),
    reason: ReasonSchema.parse(row.reason),
    statusCode: row.status_code,
    limits: hasLimits
      ? {
          attemptSeconds: row.attempt_seconds,
          totalSeconds: row.total_seconds,
          heartbeatSeconds: row.heartbeat_seconds,
          attempts: row.attempts_allowed,
        }
      : null,
    limitsVersion: row.limits_version,
    queuedMs: row.queued_ms,
    endedMs: row.ended_ms,
    times: row.is_measured === 1 ? timesOf(row) : null,
    turns: row.turns,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    costMicroUsd: row.cost_microusd,
    memoryPeakBytes: row.memory_peak_bytes,
    memoryMeanBytes: row.memory_mean_bytes,
    coldStart: row.cold_start === null ? null : row.cold_start === 1,
    longestRepeat: row.longest_repeat,
    attempts: row.attempts,
  };
}

function timesOf(row: Selectable<Tables['runs']>): Run['times'] {
  return {
    queue: row.queue_ms,
    retry: row.retry_ms,
    person: row.person_ms,
    model: row.model_ms,
    tool: row.tool_ms,
    browser: row.browser_ms,
    sandbox: row.sandbox_ms,
    render: row.render_ms,
    store: row.store_ms,
    other: row.other_ms,
  };
}

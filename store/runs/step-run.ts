/** The row of a step's run: as its activity measured it, or, when the workflow ended the step, from what the store knows. Pure. */
import { z } from 'zod';
import { builtInVersion } from '../../workflows/contract/limits/limits-version.ts';
import {
  completeTimes,
  noMeasures,
  stepRunKey,
  type Run,
  type RunMeasures,
  type RunOutcome,
  type RunPart,
} from '../../workflows/contract/runs/run.ts';
import type { StepTransition } from '../../workflows/contract/jobs/job.ts';
import type { StepState } from '../../workflows/contract/jobs/states.ts';

/** A run as the activity that ended it saw it. */
export interface MeasuredRun {
  readonly run: Run;
  /** What happened between the activities of the step belongs to this part. */
  readonly rest: RunPart;
}

/** Counts from the start of the step, when other activities came before the one that has measured. */
export function fromStart({ run, rest }: MeasuredRun, startedAt: string | null): Run {
  const startedMs = startedAt === null ? run.queuedMs : Date.parse(startedAt);
  if (run.times === null || startedMs >= run.queuedMs) return run;
  return { ...run, queuedMs: startedMs, times: completeTimes(run.times, run.endedMs - startedMs, rest) };
}

/** What the step's row knows when the workflow ends the step. */
export interface EndedStepRow {
  readonly kind: string;
  readonly started_at: string | null;
  readonly attempts: number;
  readonly iterations: number;
  readonly slug: string | null;
  readonly failed_measures: string | null;
  readonly limits_version: number | null;
  readonly cost_usd: number | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
}

/** Null for a step that never ran. */
export function runOfTransition(jobId: string, transition: StepTransition, row: EndedStepRow): Run | null {
  const { stepId, generation, reason, at, limits = null } = transition;
  const outcome = runOutcomeOf(transition.state);
  const hasWaited = reason?.type === 'timeout_schedule_to_start' || reason?.type === 'timeout_schedule_to_close';
  if (outcome === null || (row.started_at === null && !hasWaited)) return null;
  const endedMs = Date.parse(at);
  const waitedMs = reason?.type === 'timeout_schedule_to_close' ? (limits?.totalSeconds ?? 0) * 1000 : 0;
  const measures = failedMeasuresOf(row.failed_measures);
  return {
    ...measures,
    key: stepRunKey(jobId, stepId, generation),
    kind: 'step',
    work: row.kind,
    ownerId: jobId,
    partId: stepId,
    leadMagnet: row.slug,
    outcome,
    reason: reason?.type ?? null,
    limits,
    limitsVersion: row.limits_version ?? builtInVersion,
    queuedMs: row.started_at === null ? endedMs - waitedMs : Math.min(Date.parse(row.started_at), endedMs),
    endedMs,
    times: null,
    turns: row.iterations,
    inputTokens: row.input_tokens ?? 0,
    outputTokens: row.output_tokens ?? 0,
    costMicroUsd: (row.cost_usd ?? 0) * 1e6,
    attempts: row.attempts,
  };
}

const MeasuresSchema = z.object({
  model: z.string().nullable(),
  statusCode: z.int().nullable(),
  memoryPeakBytes: z.int().nullable(),
  memoryMeanBytes: z.int().nullable(),
  coldStart: z.boolean().nullable(),
  longestRepeat: z.int().nullable(),
}) satisfies z.ZodType<RunMeasures>;

function failedMeasuresOf(text: string | null): RunMeasures {
  return text === null ? noMeasures : MeasuresSchema.parse(JSON.parse(text));
}

function runOutcomeOf(state: StepState): RunOutcome | null {
  return stepOutcomes.find((outcome) => outcome === state) ?? null;
}

const stepOutcomes = ['succeeded', 'failed', 'timed_out', 'cancelled'] as const satisfies readonly (StepState &
  RunOutcome)[];

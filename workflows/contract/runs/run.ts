/**
 * One row for each run of a step, a tool request, an item of a batch and an experiment: how it ended, within which limits, and where
 * its time went. Reports, recommendations and the tuning of limits read these rows alone. Safe in the workflow sandbox.
 */
import type { ReasonType } from '../failures.ts';
import type { Step } from '../lead-magnets/lead-magnet.ts';
import { stepLimitsInForce, type LimitsByKind } from '../limits/limits-version.ts';

export const runKinds = ['step', 'tool', 'item', 'experiment'] as const;
export type RunKind = (typeof runKinds)[number];

/** `partial`: it gave a part of what was asked, and the rest was cut off or failed. */
export const runOutcomes = ['succeeded', 'partial', 'failed', 'timed_out', 'cancelled'] as const;
export type RunOutcome = (typeof runOutcomes)[number];

/**
 * Where the time of a run goes; each moment belongs to one part, so that the parts add up to the duration. `queue`: waiting for a worker.
 * `retry`: attempts before the last one, and the pauses between them. `person`: waiting for an answer of a person. `tool`: calls of
 * tools, webhooks and receivers. `other`: everything that no part measures.
 */
export const runParts = [
  'queue',
  'retry',
  'person',
  'model',
  'tool',
  'browser',
  'sandbox',
  'render',
  'store',
  'other',
] as const;
export type RunPart = (typeof runParts)[number];

/** Milliseconds of each part. */
export type RunTimes = Readonly<Record<RunPart, number>>;

/** The limits in force; null where there is none, or where it is not known. Seconds. */
export interface RunLimits {
  readonly attemptSeconds: number | null;
  readonly totalSeconds: number | null;
  readonly heartbeatSeconds: number | null;
  readonly attempts: number | null;
}

/** A reason's type, or a failure of an experiment. */
export type RunReason = ReasonType | `experiment_${string}`;

/** What a worker measures of the attempt that ends a run; null where it could not. */
export interface RunMeasures {
  readonly model: string | null;
  /** Of the last answer that refused something: 401, 403, 404 and the like. */
  readonly statusCode: number | null;
  /** Of the browser or the sandbox with all its processes; of work without one, the worker's, which others share. */
  readonly memoryPeakBytes: number | null;
  readonly memoryMeanBytes: number | null;
  /** Whether a browser or a sandbox was started for it; null where none is used. */
  readonly coldStart: boolean | null;
  /** The longest row of the same action on the same screen, or of the same call; null where nothing repeats. */
  readonly longestRepeat: number | null;
}

export interface Run extends RunMeasures {
  /** Names the run: of several writes with one key, the first is kept and the last tells the outcome. */
  readonly key: string;
  readonly kind: RunKind;
  /** The kind of step, the tool, `item`, or `experiment`. */
  readonly work: string;
  /** The job, the tool request, the batch, or the experiment. */
  readonly ownerId: string;
  /** The step of the job, or the position of the item; null for others. */
  readonly partId: string | null;
  /** The slug of the lead magnet; null for what belongs to none. */
  readonly leadMagnet: string | null;
  readonly outcome: RunOutcome;
  readonly reason: RunReason | null;
  readonly limits: RunLimits | null;
  /** 0: the table that is built in. */
  readonly limitsVersion: number;
  /** When it was scheduled, and when it ended: milliseconds since the epoch. The duration is the time between. */
  readonly queuedMs: number;
  readonly endedMs: number;
  /** Null when no worker has measured the run, as when its last worker died. */
  readonly times: RunTimes | null;
  readonly turns: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: number;
  readonly attempts: number;
}

export const noMeasures: RunMeasures = {
  model: null,
  statusCode: null,
  memoryPeakBytes: null,
  memoryMeanBytes: null,
  coldStart: null,
  longestRepeat: null,
};

/** The limits in force for a step of a job with this version of the table. */
export function limitsOfStep(step: Step, pinned: LimitsByKind | undefined): RunLimits {
  const { attemptSeconds, totalSeconds, heartbeatSeconds, attempts } = stepLimitsInForce(step, pinned);
  return { attemptSeconds, totalSeconds, heartbeatSeconds, attempts };
}

/** The key of a step's run. */
export function stepRunKey(jobId: string, stepId: string, generation: number): string {
  return `step.${jobId}.${stepId}.${generation}`;
}

/** Time that no part has measured belongs to `rest`. Nothing is below 0, whatever clocks say. */
export function completeTimes(
  measured: Partial<Record<RunPart, number>>,
  durationMs: number,
  rest: RunPart = 'other',
): RunTimes {
  const of = (part: RunPart): number => Math.max(0, Math.round(measured[part] ?? 0));
  const known = runParts.reduce((sum, part) => sum + of(part), 0);
  const missing = Math.round(durationMs) - known;
  // Statements that run at the same time add up to more than the duration; the longest part gives way.
  const longest = runParts.reduce((left, right) => (of(right) > of(left) ? right : left));
  const balanced = missing > 0 ? rest : longest;
  const times = (part: RunPart): number => Math.max(0, of(part) + (part === balanced ? missing : 0));
  return {
    queue: times('queue'),
    retry: times('retry'),
    person: times('person'),
    model: times('model'),
    tool: times('tool'),
    browser: times('browser'),
    sandbox: times('sandbox'),
    render: times('render'),
    store: times('store'),
    other: times('other'),
  };
}

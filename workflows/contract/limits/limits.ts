/**
 * The one table of limits: how long each kind of step may take and how often it is tried. A definition may override a
 * row; `limitProblems` reports contradictions. Pure, so that the workflow, the save check and the command line agree.
 */
export const stepKinds = ['computer_use', 'ai', 'webhook', 'render', 'batch', 'tool', 'code'] as const;
export type StepKind = (typeof stepKinds)[number];

export interface StepLimits {
  /** Start-to-close: one attempt. */
  readonly attemptSeconds: number;
  /** Schedule-to-close: all attempts, their backoff, and waiting for a worker; null for no limit. */
  readonly totalSeconds: number | null;
  /**
   * After this long without a heartbeat a worker counts as dead; null when the attempt's own time-out is short enough.
   */
  readonly heartbeatSeconds: number | null;
  /** Null when it is tried until it succeeds. */
  readonly attempts: number | null;
  readonly firstBackoffSeconds: number;
  readonly backoffFactor: number;
  readonly maximumBackoffSeconds: number;
}

/** The part of the limits that a lead magnet may set on a step. */
export type LimitOverrides = {
  readonly [Key in 'attemptSeconds' | 'totalSeconds' | 'heartbeatSeconds' | 'attempts']?: number | undefined;
};

const hour = 3600;

/** Kinds of work with limits: the kinds of step, and the other work of a job. */
export type LimitedKind =
  | StepKind
  | 'delivery'
  | 'record'
  | 'batch_partition'
  | 'batch_stop'
  | 'reconcile'
  | 'late_answers'
  | 'content_sweep'
  | 'limits_tuning';

export const defaultLimits: Readonly<Record<LimitedKind, StepLimits>> = {
  // The loop's own budget ends it first; the attempt leaves room for start-up, the last call and the clean-up.
  computer_use: {
    attemptSeconds: 1020,
    totalSeconds: 12 * hour,
    heartbeatSeconds: 12,
    attempts: 12,
    firstBackoffSeconds: 1,
    backoffFactor: 2,
    maximumBackoffSeconds: 60,
  },
  // Background responses may take minutes; an attempt after a crash re-attaches by id, so attempts are cheap.
  ai: {
    attemptSeconds: 900,
    totalSeconds: 6 * hour,
    heartbeatSeconds: 15,
    attempts: 8,
    firstBackoffSeconds: 1,
    backoffFactor: 2,
    maximumBackoffSeconds: 120,
  },
  // One HTTP call of 30 s, with room to resolve, connect and record.
  webhook: {
    attemptSeconds: 45,
    totalSeconds: 2 * hour,
    heartbeatSeconds: null,
    attempts: 6,
    firstBackoffSeconds: 2,
    backoffFactor: 3,
    maximumBackoffSeconds: 600,
  },
  // A new browser prints a PDF in a few seconds. 150 s has room for the parts' own limits: 45 s to compose, 30 s to
  // fetch images, 30 s to print, and the start of a browser on a busy machine.
  render: {
    attemptSeconds: 150,
    totalSeconds: 2 * hour,
    heartbeatSeconds: null,
    attempts: 5,
    firstBackoffSeconds: 1,
    backoffFactor: 2,
    maximumBackoffSeconds: 60,
  },
  // Stores the items, and reads their results; the batch in between has its own limits. Both can be repeated from the
  // start.
  batch: {
    attemptSeconds: 600,
    totalSeconds: 6 * hour,
    heartbeatSeconds: null,
    attempts: 10,
    firstBackoffSeconds: 1,
    backoffFactor: 2,
    maximumBackoffSeconds: 60,
  },
  // Accepts the request, and reads its answer; the request in between has the layers of limits of its tool.
  tool: {
    attemptSeconds: 60,
    totalSeconds: 2 * hour,
    heartbeatSeconds: null,
    attempts: 10,
    firstBackoffSeconds: 1,
    backoffFactor: 2,
    maximumBackoffSeconds: 60,
  },
  // The sandbox ends the code by the step's own seconds; the attempt leaves room to start, to read files and to keep results.
  // A full worker lets it wait. Code has no effect outside, so an attempt that was cut off is simply run again.
  code: {
    attemptSeconds: 1020,
    totalSeconds: 6 * hour,
    heartbeatSeconds: 15,
    attempts: 5,
    firstBackoffSeconds: 1,
    backoffFactor: 2,
    maximumBackoffSeconds: 60,
  },
  // A receiver may be down for a day; the deliverable is ready and waits. 180 s has room for a mail's own limits: 45 s
  // to compose, 30 s to fetch images, and a mail server that takes 30 s for each of its answers.
  delivery: {
    attemptSeconds: 180,
    totalSeconds: 24 * hour,
    heartbeatSeconds: 20,
    attempts: 20,
    firstBackoffSeconds: 5,
    backoffFactor: 3,
    maximumBackoffSeconds: 2 * hour,
  },
  // One row in the store. It is tried until it is written, because nothing else records the job's end: it must survive
  // a store or a worker that is away for days.
  record: {
    attemptSeconds: 20,
    totalSeconds: null,
    heartbeatSeconds: null,
    attempts: null,
    firstBackoffSeconds: 1,
    backoffFactor: 2,
    maximumBackoffSeconds: 30,
  },
  // A partition of a batch hands over before its attempt ends. Its retries are for killed workers: cost and tries are
  // counted by item, and the batch's own limit ends all of them.
  batch_partition: {
    attemptSeconds: 600,
    totalSeconds: 90 * 24 * hour,
    heartbeatSeconds: 15,
    attempts: 1_000_000,
    firstBackoffSeconds: 1,
    backoffFactor: 1.5,
    maximumBackoffSeconds: 15,
  },
  // Runs again in 5 minutes: a failed run is not worth many attempts.
  reconcile: {
    attemptSeconds: 300,
    totalSeconds: 1200,
    heartbeatSeconds: 30,
    attempts: 3,
    firstBackoffSeconds: 5,
    backoffFactor: 2,
    maximumBackoffSeconds: 60,
  },
  // Ends before the next run begins, even when no worker takes it.
  late_answers: {
    attemptSeconds: 120,
    totalSeconds: 270,
    heartbeatSeconds: 30,
    attempts: 2,
    firstBackoffSeconds: 5,
    backoffFactor: 2,
    maximumBackoffSeconds: 60,
  },
  // Stops by itself after two minutes, and goes on at the next look.
  content_sweep: {
    attemptSeconds: 240,
    totalSeconds: 270,
    heartbeatSeconds: 30,
    attempts: 2,
    firstBackoffSeconds: 5,
    backoffFactor: 2,
    maximumBackoffSeconds: 60,
  },
  // Runs again in 30 minutes, and its transitions are safe to repeat.
  limits_tuning: {
    attemptSeconds: 300,
    totalSeconds: 1500,
    heartbeatSeconds: 30,
    attempts: 3,
    firstBackoffSeconds: 5,
    backoffFactor: 2,
    maximumBackoffSeconds: 60,
  },
  // Cancels the items under way at the provider, in portions.
  batch_stop: {
    attemptSeconds: 600,
    totalSeconds: 24 * hour,
    heartbeatSeconds: 10,
    attempts: 2000,
    firstBackoffSeconds: 1,
    backoffFactor: 2,
    maximumBackoffSeconds: 30,
  },
};

/**
 * The limit of all steps together, a timer in the workflow. The workflow has no time-out at the server: that would end
 * it without clean-up or record, even when it only waited for a worker.
 */
export const defaultJobSeconds = 48 * hour;
/** Room in a computer-use attempt for start-up, the last model call and the clean-up, beyond the loop's own budget. */
const loopMarginSeconds = 120;

/** The limits in force for a step: the table, adapted to a loop's budget, and then the lead magnet's own. */
export function effectiveLimits(
  kind: LimitedKind,
  overrides: LimitOverrides | undefined,
  budgetSeconds?: number,
): StepLimits {
  const base = defaultLimits[kind];
  const attemptSeconds =
    overrides?.attemptSeconds ??
    (budgetSeconds === undefined ? base.attemptSeconds : budgetSeconds + loopMarginSeconds);
  return {
    ...base,
    attemptSeconds,
    totalSeconds:
      overrides?.totalSeconds ?? (base.totalSeconds === null ? null : Math.max(base.totalSeconds, attemptSeconds * 2)),
    heartbeatSeconds: overrides?.heartbeatSeconds ?? base.heartbeatSeconds,
    attempts: overrides?.attempts ?? base.attempts,
  };
}

/** All contradictions within a set of limits, one sentence each; empty when there are none. */
export function limitProblems(limits: StepLimits, budgetSeconds?: number): string[] {
  const problems: string[] = [];
  if (limits.attemptSeconds < 1) problems.push(`attemptSeconds ${limits.attemptSeconds} is below 1 s`);
  if (limits.totalSeconds !== null && limits.attemptSeconds > limits.totalSeconds) {
    problems.push(`attemptSeconds ${limits.attemptSeconds} is above totalSeconds ${limits.totalSeconds}`);
  }
  if (limits.heartbeatSeconds !== null && limits.heartbeatSeconds < 2) {
    problems.push(`heartbeatSeconds ${limits.heartbeatSeconds} is below 2 s: a busy worker would be taken for dead`);
  }
  if (limits.heartbeatSeconds !== null && limits.heartbeatSeconds >= limits.attemptSeconds) {
    problems.push(
      `heartbeatSeconds ${limits.heartbeatSeconds} is not below attemptSeconds ${limits.attemptSeconds}: it would never fire`,
    );
  }
  if (limits.attempts !== null && limits.attempts < 1) problems.push(`attempts ${limits.attempts} is below 1`);
  if (budgetSeconds !== undefined && budgetSeconds >= limits.attemptSeconds) {
    problems.push(
      `budget.seconds ${budgetSeconds} is not below attemptSeconds ${limits.attemptSeconds}: the attempt would end before the loop's own limit`,
    );
  }
  return problems;
}

/** The limits of a batch, their defaults, and the check that they do not contradict each other. Safe in the workflow sandbox. */

/** Limits of a batch. All but `pageSize`, `itemClock`, `lostSeconds` and `resubmitUncertain` may be changed while it runs. */
export interface BatchLimits {
  /** Items under way in parallel. */
  readonly parallel: number;
  /** Items that one run of the workflow handles before it continues as new. */
  readonly pageSize: number;
  /** An item without an answer after this time has timed out, unless a last poll of the provider finds the answer. */
  readonly itemSeconds: number;
  /** When `itemSeconds` begins: at the item's first submission, or at its import. */
  readonly itemClock: 'submission' | 'creation';
  /** Limit of the whole batch from its start; a timer in the workflow enforces it. */
  readonly jobSeconds: number;
  /** Attempts of an item after its first. */
  readonly retries: number;
  /** Limit of one HTTP call to the provider. */
  readonly callSeconds: number;
  /** Submissions in any 60 minutes. */
  readonly callsPerHour: number;
  /** US dollars for the whole batch; never exceeded, since the highest cost of each call is reserved before it. */
  readonly capUsd: number;
  /** US dollars in any 60 minutes. */
  readonly capPerHourUsd: number;
  /**
   * After a crash: how long an unacknowledged call waits for the provider's event before it counts as lost. When the provider
   * sends no events, it counts as lost after half a minute.
   */
  readonly lostSeconds: number;
  /** Whether an item whose call may have been paid and lost is retried, and flagged, instead of ending as `uncertain`. */
  readonly resubmitUncertain: boolean;
}

/** Limits that cannot be changed after the batch was created. */
export const fixedBatchLimits = ['pageSize', 'itemClock', 'lostSeconds', 'resubmitUncertain'] as const;

/** What `changeLimits` may change. */
export type BatchLimitChanges = {
  readonly [Key in Exclude<keyof BatchLimits, (typeof fixedBatchLimits)[number]>]?: BatchLimits[Key] | undefined;
};

export const defaultBatchLimits: BatchLimits = {
  parallel: 50,
  pageSize: 1000,
  itemSeconds: 2 * 3600,
  itemClock: 'submission',
  jobSeconds: 48 * 3600,
  retries: 6,
  callSeconds: 60,
  callsPerHour: 24_000,
  capUsd: 50,
  capPerHourUsd: 50,
  lostSeconds: 600,
  resubmitUncertain: false,
};

const bounds: Readonly<Record<keyof BatchLimitChanges, readonly [number, number]>> = {
  parallel: [1, 1000],
  itemSeconds: [1, 30 * 24 * 3600],
  jobSeconds: [1, 90 * 24 * 3600],
  retries: [0, 50],
  callSeconds: [1, 300],
  callsPerHour: [1, 10_000_000],
  capUsd: [0, 1_000_000],
  capPerHourUsd: [0, 1_000_000],
};
const whole: ReadonlySet<string> = new Set(['parallel', 'retries', 'callsPerHour']);

/** All problems of limits that are out of bounds or contradict each other, one sentence each. */
export function batchLimitProblems(limits: BatchLimits): string[] {
  const problems: string[] = [];
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = Object.entries(limits).find(([key]) => key === name)?.[1];
    if (typeof value !== 'number' || !Number.isFinite(value)) problems.push(`${name} is not a number`);
    else if (value < least || value > most) problems.push(`${name} ${value} is not between ${least} and ${most}`);
    else if (whole.has(name) && !Number.isInteger(value)) problems.push(`${name} ${value} is not a whole number`);
  }
  if (!Number.isInteger(limits.pageSize) || limits.pageSize < 1 || limits.pageSize > 10_000) {
    problems.push(`pageSize ${limits.pageSize} is not a whole number between 1 and 10000`);
  }
  if (limits.callSeconds > limits.itemSeconds) {
    problems.push(`callSeconds ${limits.callSeconds} is above itemSeconds ${limits.itemSeconds}: no call could end`);
  }
  return problems;
}

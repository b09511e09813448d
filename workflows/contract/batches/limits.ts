/** The limits of a batch: what they are, their defaults, and how they contradict each other. Safe in the workflow sandbox. */

/** Limits of a batch. All but `pageSize`, `itemClock`, `lostSeconds` and `resubmitUncertain` may be changed while it runs. */
export interface BatchLimits {
  /** Items under way at once. */
  readonly parallel: number;
  /** Items of one run of the workflow, after which it continues as new. */
  readonly pageSize: number;
  /** An item that has no answer after this long has timed out, judged after one last look at the provider. */
  readonly itemSeconds: number;
  /** What `itemSeconds` is counted from: the item's first submission, or its import. */
  readonly itemClock: 'submission' | 'creation';
  /** The whole batch, from its start; kept by a timer in the workflow. */
  readonly jobSeconds: number;
  /** Repeats of a call after its first attempt. */
  readonly retries: number;
  /** One HTTP call to the provider. */
  readonly callSeconds: number;
  /** Submissions in any 60 minutes. */
  readonly callsPerHour: number;
  /** US dollars for the whole batch; worst cases are reserved before a call, so that it is never exceeded. */
  readonly capUsd: number;
  /** US dollars in any 60 minutes. */
  readonly capPerHourUsd: number;
  /**
   * How long the provider's word is waited for of an item whose submission was cut off, where the provider tells of ends
   * by itself; elsewhere such an item is given up after half a minute.
   */
  readonly lostSeconds: number;
  /** Whether an item that may have been paid and lost is submitted again (and flagged) instead of left to a person. */
  readonly resubmitUncertain: boolean;
}

/** Limits that a batch has for good. */
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

/** Every way in which limits are out of bounds or contradict each other, one sentence each; none when they fit. */
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

/** What the guard of a canary may be told, and its defaults. Pure. */

export interface CanarySettings {
  /** The share of new jobs that run with the candidate, as the hash of the job id gives it. */
  readonly share: number;
  /** The p95 of durations counts as harmed from this ratio to the control's on. */
  readonly durationRatio: number;
  /** The error rate counts as harmed when it is this much above the control's: 0.05 is 5 points. */
  readonly errorPoints: number;
  /** The cost per run counts as harmed from this ratio to the control's on. */
  readonly costRatio: number;
  /** At most this share of candidates that change nothing is rolled back. */
  readonly falseAlarms: number;
  /** At most this share of candidates that are harmed by one of the measures above is promoted. */
  readonly missedHarm: number;
  /** No decision on the evidence before this many runs of the canary are judged. */
  readonly leastCanaryRuns: number;
  /** No decision before the canary is this old. */
  readonly leastMs: number;
  /** A canary without a decision after this time is rolled back. */
  readonly longestMs: number;
}

const minute = 60_000;

export const defaultCanarySettings: CanarySettings = {
  share: 0.1,
  durationRatio: 1.5,
  errorPoints: 0.05,
  costRatio: 1.5,
  falseAlarms: 0.05,
  missedHarm: 0.04,
  leastCanaryRuns: 30,
  leastMs: 15 * minute,
  longestMs: 7 * 24 * 60 * minute,
};

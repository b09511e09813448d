/** What the guard of a canary is given: the runs of both arms since the canary began. Pure. */

/**
 * A run that ended. Jobs are assigned to an arm, so all runs of a job are in the same one, and are judged as one: their
 * errors, times and costs together.
 */
export interface EndedRun {
  readonly jobId: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly isError: boolean;
  readonly costMicroUsd: number;
}

export interface RunUnderWay {
  readonly jobId: string;
  /** Null for a run that has not started yet: a job counts as under way until the last of its runs has ended. */
  readonly startedAtMs: number | null;
}

export interface ArmRuns {
  readonly ended: readonly EndedRun[];
  readonly underWay: readonly RunUnderWay[];
}

/** One look at a canary. Both arms hold the runs of jobs that were assigned after the canary began, in any order. */
export interface CanaryLook {
  readonly beganAtMs: number;
  readonly nowMs: number;
  readonly canary: ArmRuns;
  readonly control: ArmRuns;
}

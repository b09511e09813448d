/** What the guard of a canary answers, with the numbers behind it. Pure. */

export type CanaryDecision = 'continue' | 'promote' | 'roll_back';

export type Harm = 'slower' | 'more_errors' | 'dearer';

export type CanaryCause = Harm | 'harmless' | 'undecided' | 'too_few_runs' | 'too_early' | 'out_of_time';

/** Odds that a hypothesis is wrong; 1 is no evidence, and more are never reached by chance more often than 1 in so many. */
export interface Odds {
  /** Against "not worse than the control", now. */
  readonly harm: number;
  /** Against "worse by the harmful margin or more", the highest so far. */
  readonly safety: number;
}

export interface MeasureEvidence extends Odds {
  /** The figure of the canary's judged runs: p95 in ms, share of errors, or mean cost in millionths of a dollar. */
  readonly canary: number;
  readonly control: number;
}

export interface CanaryEvidence {
  readonly duration: MeasureEvidence;
  readonly errors: MeasureEvidence;
  readonly cost: MeasureEvidence;
  /** The mean of the three odds of harm; the canary is rolled back when it reaches `harmNeeded`. */
  readonly harm: number;
  readonly harmNeeded: number;
  /** The canary is promoted when the odds of safety of each of the three reach this. */
  readonly safetyNeeded: number;
}

export interface ArmCount {
  /** Runs that were judged: all of a job together are one, begun after the learning; overdue ones count. */
  readonly judged: number;
  readonly ended: number;
  readonly underWay: number;
}

export interface CanaryVerdict {
  readonly decision: CanaryDecision;
  readonly cause: CanaryCause;
  /** One sentence for people. */
  readonly reason: string;
  /** Null until the control has taught what is normal. */
  readonly evidence: CanaryEvidence | null;
  readonly runs: { readonly canary: ArmCount; readonly control: ArmCount };
}

/** The tuning of limits: names, modes and results of its workflows and activities. Safe in the workflow sandbox. */

export const limitsTuningType = 'limitsTuning';
export const limitsProposalType = 'limitsProposal';
/** Who proposes, tries, promotes and rolls back without a person, in the audit log. */
export const tuningName = 'tuning';
/** How often it looks; while one look takes longer, the next is skipped. */
export const limitsTuningEverySeconds = 1800;
/** Of new jobs, that try a candidate. */
export const canaryPercent = 10;
/** A proposal that asks people expires after this. */
export const proposalSeconds = 24 * 3600;

/**
 * `off`: it proposes nothing. `dry-run`: it records what it would propose. `ask`: people decide. `act`: it tries its proposals
 * without asking. A candidate that is being tried is guarded in each of them.
 */
export const tuningModes = ['off', 'dry-run', 'ask', 'act'] as const;
export type TuningMode = (typeof tuningModes)[number];

/** `applied`: in the mode `act`. `expired`: nobody answered in time, or the limits were changed otherwise. */
export const proposalStates = ['dry_run', 'open', 'approved', 'denied', 'expired', 'applied'] as const;
export type ProposalState = (typeof proposalStates)[number];

/** The schedule's id: each installation on a Temporal server has its own. */
export function limitsTuningScheduleId(queuePrefix: string): string {
  return `${queuePrefix}-limits-tuning`;
}

/** The id of the workflow that waits for the answer to a proposal. */
export function limitsProposalId(queuePrefix: string, proposal: number): string {
  return `${queuePrefix}-limits-proposal-${proposal}`;
}

/** What a look at the candidate came to; `stale`: the roll-out was changed meanwhile, and nothing was done. */
export interface GuardResult {
  readonly state: 'none' | 'continue' | 'promoted' | 'rolled_back' | 'stale';
  readonly candidate: number | null;
  readonly reason: string;
}

export interface OpenProposal {
  readonly proposal: number;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
}

export interface ProposeResult {
  readonly state: 'off' | 'canary' | 'cool_down' | 'nothing' | 'asking' | 'dry_run' | 'applied' | 'stale';
  /** One that waits for an answer. */
  readonly open: OpenProposal | null;
  readonly reason: string;
}

export type ProposalDecision = 'approve' | 'deny' | 'expire';

export interface DecideInput {
  readonly proposal: number;
  readonly decision: ProposalDecision;
  readonly by: string;
  readonly note: string | null;
}

/** `taken`: it is as was asked, now or by an earlier attempt. `closed`: it ended otherwise before. */
export interface DecideResult {
  readonly as: 'taken' | 'closed';
  readonly state: ProposalState;
}

/** On the queue `jobs`. */
export interface LimitsTuningActivities {
  /** Looks at the candidate that is being tried, and takes it for all jobs or back when there is evidence enough. */
  guardLimits(): Promise<GuardResult>;
  /** Proposes a new version where the recorded runs recommend one. */
  proposeLimits(): Promise<ProposeResult>;
  /** Records the decision on a proposal; an approved one begins to be tried. */
  decideLimits(input: DecideInput): Promise<DecideResult>;
}

export interface TuningResult {
  readonly guard: GuardResult;
  /** Null while a candidate is being tried. */
  readonly proposal: ProposeResult | null;
}

/** An answer of a person. */
export interface ProposalAnswer {
  readonly decision: 'approve' | 'deny';
  readonly by: string;
  readonly note: string | null;
}

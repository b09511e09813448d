/**
 * Approvals: the question that a computer-use step asks a person before it continues, and the person's answer. Only
 * types and pure functions, so that it loads in the workflow's sandbox.
 */
import { durationSeconds } from '../duration.ts';
import type { ApprovalPolicy } from '../lead-magnets/lead-magnet.ts';

/** A question to a person, bound to the call, the page and the screenshot that it was asked about. */
export interface ApprovalRequest {
  /** Unique within its job, e.g. `visit-1-2`: the step, its generation, and the number of the question. */
  readonly requestId: string;
  readonly callId: string;
  /** The question, in a sentence. */
  readonly question: string;
  readonly url: string;
  /** The screenshot, among the job's artifacts. */
  readonly screenshot: { readonly name: string; readonly sha256: string };
  readonly expiresAfterSeconds: number;
}

/** The answer that a client sends to a waiting job. */
export interface ApprovalAnswer {
  readonly requestId: string;
  readonly decision: 'approve' | 'refuse';
  /** Who decided, as shown to people. */
  readonly by: string;
  readonly note: string | null;
}

/** A person's answer together with what it was given about; it is valid for nothing else. */
export interface ApprovalDecision extends ApprovalAnswer {
  readonly callId: string;
  readonly url: string;
  readonly screenshotSha256: string;
}

/** The state of a question. `closed`: its step ended before anybody answered. */
export const approvalStates = ['open', 'approved', 'refused', 'expired', 'closed'] as const;

/** `ApplicationFailure` types with which a job rejects an answer, without a trace in its history. */
export const approvalRejections = ['approval_unknown', 'approval_decided', 'approval_expired'] as const;
export type ApprovalRejection = (typeof approvalRejections)[number];

const defaultExpiry = '24h';

/**
 * The policy in force for a step: a step without one asks a person about every safety check, and about no other action.
 */
export function approvalPolicy(given: ApprovalPolicy | undefined): {
  readonly expiresAfterSeconds: number;
  readonly risky: NonNullable<ApprovalPolicy['risky']>;
  readonly acknowledge: readonly string[];
} {
  return {
    expiresAfterSeconds: durationSeconds(given?.expiresAfter ?? defaultExpiry),
    risky: given?.risky ?? [],
    acknowledge: given?.acknowledge ?? [],
  };
}

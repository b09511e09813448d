/**
 * Approvals: what a computer-use step asks a person before it goes on, and what the person answers. Types and pure
 * functions alone, so that the workflow's sandbox can hold them.
 */
import { durationSeconds } from '../duration.ts';
import type { ApprovalPolicy } from '../lead-magnets/lead-magnet.ts';

/** A question to a person, bound to the call, the page and the picture that it was asked about. */
export interface ApprovalRequest {
  /** Unique in its job, e.g. `visit-1-2`: the step, its generation, and which question of it this is. */
  readonly requestId: string;
  readonly callId: string;
  /** What is asked, in a sentence. */
  readonly question: string;
  readonly url: string;
  /** The picture, among the job's artifacts. */
  readonly screenshot: { readonly name: string; readonly sha256: string };
  readonly expiresAfterSeconds: number;
}

/** What a client sends to a waiting job. */
export interface ApprovalAnswer {
  readonly requestId: string;
  readonly decision: 'approve' | 'refuse';
  /** Who decided, as people read it. */
  readonly by: string;
  readonly note: string | null;
}

/** A person's answer together with what it was given about; it holds for nothing else. */
export interface ApprovalDecision extends ApprovalAnswer {
  readonly callId: string;
  readonly url: string;
  readonly screenshotSha256: string;
}

/** What has become of a question. `closed`: its step ended before anybody answered. */
export const approvalStates = ['open', 'approved', 'refused', 'expired', 'closed'] as const;

/** `ApplicationFailure` types with which a job rejects an answer, without a trace in its history. */
export const approvalRejections = ['approval_unknown', 'approval_decided', 'approval_expired'] as const;
export type ApprovalRejection = (typeof approvalRejections)[number];

const defaultExpiry = '24h';

/** The policy in force for a step: one that names none asks for every safety check, and has no risk points. */
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

/**
 * Approvals: what a computer-use step asks a person before it goes on, and what the person answers. Types and pure
 * functions alone, so that the workflow's sandbox can hold them.
 */
import { durationSeconds } from './duration.ts';
import type { ApprovalPolicy } from './lead-magnet.ts';

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

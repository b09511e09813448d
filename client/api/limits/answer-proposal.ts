/** Passes a person's answer to a proposal of limits. The workflow that waits for it decides whether it accepts the answer. */
import type { LimitsProposal } from '../../../workflows/contract/limits/limits-schema.ts';
import type { ProposalAnswer } from '../../../workflows/contract/limits/tuning.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { JobUnattended, TemporalUnreachable } from '../temporal-calls.ts';

type Answering = Pick<ApiDependencies, 'acrossTenants' | 'limits'>;

/** Returns the proposal in its new state. Throws `ProblemError` for an answer that is not accepted. */
export async function answerProposal(
  { acrossTenants, limits }: Answering,
  number: number,
  answer: ProposalAnswer,
): Promise<LimitsProposal> {
  const asked = await acrossTenants.limits.proposal(number);
  if (asked === null) throw new ProblemError('not-found', `there is no proposal ${number} of limits`);
  if (asked.state === 'dry_run') {
    throw new ProblemError('conflict', 'it was made in dry run: set LODESTONE_LIMITS_TUNING of the workers to ask');
  }
  if (asked.state !== 'open') throw new ProblemError('conflict', `proposal ${number} is ${asked.state} already`);
  const taken = await give(limits, asked, answer);
  if (taken.as === 'closed') throw new ProblemError('conflict', `proposal ${number}: ${taken.message}`);
  return (await acrossTenants.limits.proposal(number)) ?? asked;
}

async function give(
  limits: ApiDependencies['limits'],
  { number, expiresAt, madeAt }: LimitsProposal,
  answer: ProposalAnswer,
): ReturnType<ApiDependencies['limits']['answer']> {
  const again = { retryAfterSeconds: 15 };
  try {
    return await limits.answer({ proposal: number, expiresAt: expiresAt ?? madeAt }, answer);
  } catch (error) {
    if (error instanceof TemporalUnreachable) throw new ProblemError('temporal-unreachable', error.message, again);
    if (error instanceof JobUnattended) throw new ProblemError('no-worker', error.message, again);
    throw error;
  }
}

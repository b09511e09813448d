/** The Update with which people answer a proposal of limits. Safe in the workflow sandbox; clients import it too. */
import { defineUpdate } from '@temporalio/workflow';
import type { DecideResult, ProposalAnswer } from './tuning.ts';

/** `ApplicationFailure` type with which an answer is rejected, without a trace in the history. */
export const proposalClosed = 'proposal_closed';

export const decideProposalUpdate = defineUpdate<DecideResult, [ProposalAnswer]>('decideProposal');

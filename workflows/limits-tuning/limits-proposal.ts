/** A proposal of limits that asks people: it waits for one answer, by an Update, and expires without one. */
import { allHandlersFinished, ApplicationFailure, condition, proxyActivities, setHandler } from '@temporalio/workflow';
import { activityOptions } from '../activity-options.ts';
import { decideProposalUpdate, proposalClosed } from '../contract/limits/messages.ts';
import type { DecideResult, LimitsTuningActivities, OpenProposal } from '../contract/limits/tuning.ts';

export async function limitsProposal({ proposal, expiresAt }: OpenProposal): Promise<DecideResult> {
  const options = activityOptions({
    kind: 'record',
    queue: 'jobs',
    summary: `decide on proposal ${proposal} of limits`,
  });
  const { decideLimits } = proxyActivities<LimitsTuningActivities>(options);
  let state: 'open' | 'answered' | 'over' = 'open';
  const results: DecideResult[] = [];
  setHandler(
    decideProposalUpdate,
    async (answer) => {
      state = 'answered';
      const result = await decideLimits({ ...answer, proposal });
      results.push(result);
      return result;
    },
    {
      validator: ({ by }) => {
        if (state === 'over') throw closed('nobody answered in time');
        if (state === 'answered') throw closed('it was answered before');
        if (by === '') throw closed('an answer tells who gives it');
      },
    },
  );
  const left = Math.max(0, Date.parse(expiresAt) - Date.now());
  const isAnswered = await condition(() => state === 'answered', left);
  if (!isAnswered) state = 'over';
  await condition(allHandlersFinished);
  return results[0] ?? decideLimits({ proposal, decision: 'expire', by: 'tuning', note: null });
}

function closed(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: proposalClosed, message, nonRetryable: true });
}

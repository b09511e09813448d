/** Runs `recordLateAnswers` as an activity, with its metric. */
import { Context } from '@temporalio/activity';
import type { LateAnswerActivities } from '../../../workflows/contract/batches/reconcile.ts';
import { withHeartbeat } from '../../heartbeat.ts';
import { recordLateAnswers, type LateAnswerDependencies } from './late-answers.ts';

export function createLateAnswers(dependencies: LateAnswerDependencies): LateAnswerActivities {
  return {
    recordLateAnswers: () =>
      withHeartbeat(null, async (_beat, signal) => {
        const recorded = await recordLateAnswers(dependencies, signal);
        const { metricMeter } = Context.current();
        metricMeter.createCounter('lodestone_batch_recovered', 'items', 'Answers taken for lost').add(recorded);
        return recorded;
      }),
  };
}

/**
 * Cancels an experiment. One that no worker has begun ends in the store at once, whether or not Temporal has it: its workflow
 * finds that when it begins. One under way is cancelled at Temporal, and its workflow ends it in order. Safe to repeat.
 */
import type { ExperimentFailure } from '../../../workflows/contract/experiments/experiment.ts';
import { isExperimentEnd } from '../../../workflows/contract/experiments/experiment.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { TemporalUnreachable } from '../temporal-calls.ts';
import { noExperiment } from './submit-experiment.ts';

/** An experiment that has ended stays as it is. Throws `ProblemError`. */
export async function cancelExperiment(dependencies: ApiDependencies, id: string): Promise<void> {
  const { store, now } = dependencies;
  const row = await store.experiments.find(id);
  if (row === null) throw noExperiment(id);
  if (isExperimentEnd(row.state)) return;
  const isEnded = await store.experiments.cancelUnbegun(id, now());
  if ((await isCancelledAtTemporal(dependencies, id, isEnded)) || isEnded) return;
  // Unless it has ended since, Temporal has lost it, and nothing else would end it.
  await store.experiments.end({ experimentId: id, tenant: store.tenant, failure: lost }, now());
}

/** Of an experiment that has ended in the store Temporal need not be told: its workflow ends when it begins. */
async function isCancelledAtTemporal(
  { experiments, store }: ApiDependencies,
  id: string,
  isEnded: boolean,
): Promise<boolean> {
  try {
    return await experiments.cancel(store.tenant, id);
  } catch (error) {
    if (!(error instanceof TemporalUnreachable)) throw error;
    if (isEnded) return true;
    const detail = `${error.message}. The experiment goes on; cancel it again once Temporal answers.`;
    throw new ProblemError('temporal-unreachable', detail, { retryAfterSeconds: 15 });
  }
}

const lost: ExperimentFailure = {
  phase: 'dispatch',
  type: 'cancelled',
  message: 'the experiment was cancelled; Temporal did not run it any more',
  line: null,
};

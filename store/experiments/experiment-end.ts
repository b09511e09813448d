/** How an experiment ends, from what ended it and from its rounds. Pure. */
import type { ExperimentEnd, ExperimentFailure } from '../../workflows/contract/experiments/experiment.ts';
import { stateOf } from '../../workflows/contract/experiments/round-state.ts';

export interface EndedRound {
  readonly state: ExperimentEnd;
  readonly failure: ExperimentFailure | null;
}

/**
 * Its best round decides; a cancelled experiment is cancelled whatever was made before. `rounds` are in their order,
 * `failure` is what ended the experiment before its rounds did.
 */
export function endOfExperiment(rounds: readonly EndedRound[], failure: ExperimentFailure | null): EndedRound {
  if (failure?.type === 'cancelled') return { state: 'cancelled', failure };
  for (const state of ['completed', 'partial'] as const) {
    const reached = rounds.find((round) => round.state === state);
    if (reached !== undefined) return { state, failure: failure ?? reached.failure };
  }
  if (failure !== null) return { state: stateOf(failure), failure };
  return rounds.at(-1) ?? { state: 'failed', failure: nothingMade };
}

const nothingMade: ExperimentFailure = {
  phase: 'write',
  type: 'budget',
  message: 'no round was made: the budget was spent before the first',
  line: null,
};

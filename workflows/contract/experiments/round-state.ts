/** How a round, or an experiment without a usable round, is called after what it gave and what failed. Safe in the workflow sandbox. */
import type { ExperimentEnd, ExperimentFailure, RoundEnd } from './experiment.ts';

/** A cancelled round is cancelled whatever it gave; one that encoded is at least partial. */
export function roundState({
  encoded,
  score,
  failure,
}: Pick<RoundEnd, 'encoded' | 'score' | 'failure'>): ExperimentEnd {
  if (score !== null) return 'completed';
  if (failure?.type === 'cancelled') return 'cancelled';
  if (encoded !== null) return 'partial';
  return failure === null ? 'failed' : stateOf(failure);
}

export function stateOf({ type }: ExperimentFailure): ExperimentEnd {
  if (type === 'cancelled') return 'cancelled';
  return type === 'time_limit' || type === 'total_time_limit' || type === 'no_worker' ? 'timed_out' : 'failed';
}

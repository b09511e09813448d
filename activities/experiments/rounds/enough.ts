/** Whether a further round is to be made: not when the goal is reached, and not when the budget is spent. Pure. */
import type { ExperimentSpec } from '../../../workflows/contract/experiments/spec.ts';
import type { RoundView } from '../../../workflows/contract/experiments/view.ts';

export interface Spent {
  readonly costUsd: number;
}

/** The first call of a model is always made: a budget is above 0. */
export function whatIsEnough(
  { psnrDb, ratio, budget }: Pick<ExperimentSpec, 'psnrDb' | 'ratio' | 'budget'>,
  made: readonly Pick<RoundView, 'metrics'>[],
  { costUsd }: Spent,
): 'goal' | 'budget' | null {
  if (ratio !== undefined && made.some(({ metrics }) => reaches(metrics, psnrDb, ratio))) return 'goal';
  return budget?.usd !== undefined && costUsd >= budget.usd ? 'budget' : null;
}

function reaches(metrics: RoundView['metrics'], psnrDb: number, ratio: number): boolean {
  if (metrics === null || metrics.compressionRatio < ratio) return false;
  return metrics.psnrDb === null || metrics.psnrDb >= psnrDb;
}

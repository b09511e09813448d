/** Recommends limits and what workers need in a thread, by summaries that may hold many thousand durations. */
import {
  recommendLimits,
  type LimitSettings,
  type LimitsRecommendation,
} from '../../../workflows/contract/insights/recommend-limits.ts';
import { recommendWorkers, type WorkerRecommendation } from '../../../workflows/contract/insights/recommend-workers.ts';
import type { RunSummary } from '../../../workflows/contract/insights/run-summary.ts';
import type { LimitsByKind } from '../../../workflows/contract/limits/limits-version.ts';

export interface RunRecommendations extends LimitsRecommendation {
  readonly workers: readonly WorkerRecommendation[];
}

export default function recommendForRuns(input: {
  readonly summaries: readonly RunSummary[];
  readonly current: LimitsByKind;
  readonly settings: LimitSettings;
}): RunRecommendations {
  const { summaries, current, settings } = input;
  const workers = recommendWorkers(summaries, settings.leastRuns);
  return { ...recommendLimits(summaries, current, settings), workers };
}

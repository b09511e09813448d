/** Recommends limits in a thread, by summaries that may hold many thousand durations. */
import {
  recommendLimits,
  type LimitSettings,
  type LimitsRecommendation,
} from '../../../workflows/contract/insights/recommend-limits.ts';
import type { RunSummary } from '../../../workflows/contract/insights/run-summary.ts';
import type { LimitsByKind } from '../../../workflows/contract/limits/limits-version.ts';

export default function recommendForRuns(input: {
  readonly summaries: readonly RunSummary[];
  readonly current: LimitsByKind;
  readonly settings: LimitSettings;
}): LimitsRecommendation {
  return recommendLimits(input.summaries, input.current, input.settings);
}

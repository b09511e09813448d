/** Recommends limits in a thread, by summaries that may hold many thousand durations. */
import { recommendLimits, type KindRecommendation } from '../../workflows/contract/insights/recommend-limits.ts';
import type { RunSummary } from '../../workflows/contract/insights/run-summary.ts';
import type { LimitsByKind } from '../../workflows/contract/limits/limits-version.ts';

export default function recommendByKind(input: {
  readonly summaries: readonly RunSummary[];
  readonly current: LimitsByKind;
}): readonly KindRecommendation[] {
  return recommendLimits(input.summaries, input.current).kinds;
}

/** Analyses runs in a thread, by summaries that may hold many thousand durations. */
import { analyse, type Analysis, type AnalysisGrouping } from '../../../workflows/contract/insights/analysis.ts';
import type { RunSummary } from '../../../workflows/contract/insights/run-summary.ts';

export default function analyseRuns(input: {
  readonly summaries: readonly RunSummary[];
  readonly by: AnalysisGrouping;
}): Analysis {
  return analyse(input.summaries, input.by);
}

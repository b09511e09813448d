/** Analyses and recommends without blocking the event loop: what may take long is done in a thread. */
import { runInThread } from '../../../threads/run-in-thread.ts';
import type { Analysis } from '../../../workflows/contract/insights/analysis.ts';
import type { RunSummary } from '../../../workflows/contract/insights/run-summary.ts';
import analyseRuns from './analysis-work.ts';
import recommendForRuns, { type RunRecommendations } from './recommendations-work.ts';

/** Below, the work takes less than a thread takes to begin. */
const fewValues = 1000;
const thread = { timeoutMilliseconds: 20_000 };

export async function analysisOf(input: Parameters<typeof analyseRuns>[0]): Promise<Analysis> {
  if (isShort(input.summaries)) return analyseRuns(input);
  return runInThread<typeof analyseRuns>(new URL('./analysis-work.ts', import.meta.url), input, thread);
}

export async function recommendationsOf(input: Parameters<typeof recommendForRuns>[0]): Promise<RunRecommendations> {
  if (isShort(input.summaries)) return recommendForRuns(input);
  return runInThread<typeof recommendForRuns>(new URL('./recommendations-work.ts', import.meta.url), input, thread);
}

function isShort(summaries: readonly RunSummary[]): boolean {
  return summaries.reduce((sum, { duration }) => sum + duration.values.length, 0) <= fewValues;
}

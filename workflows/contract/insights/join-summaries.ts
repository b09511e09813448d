/** The sum of summaries. Pure, and safe in the workflow sandbox. */
import { runCauses } from './causes.ts';
import { joined, type Distribution } from './distribution.ts';
import {
  addCount,
  addTimes,
  bestExamples,
  byCause,
  noTimes,
  type Counts,
  type RunExample,
  type RunGroup,
  type RunSummary,
} from './run-summary.ts';

/** The sum of summaries, as one group. */
export function joinSummaries(summaries: readonly RunSummary[], group: RunGroup): RunSummary {
  const total = (of: (summary: RunSummary) => number): number => summaries.reduce((sum, one) => sum + of(one), 0);
  const totals = (of: (summary: RunSummary) => Counts): Counts => {
    const counts: Record<string, number> = {};
    for (const summary of summaries) {
      for (const [name, value] of Object.entries(of(summary))) addCount(counts, name, value);
    }
    return counts;
  };
  const all = (of: (summary: RunSummary) => Distribution): Distribution => joined(summaries.map(of));
  const causes = byCause(() => 0);
  const examples = byCause((): readonly RunExample[] => []);
  for (const cause of runCauses) {
    causes[cause] = total((summary) => summary.causes[cause]);
    examples[cause] = bestExamples(
      cause,
      summaries.flatMap((summary) => summary.examples[cause]),
    );
  }
  return {
    group,
    runs: total(({ runs }) => runs),
    aboveMinute: total(({ aboveMinute }) => aboveMinute),
    outcomes: totals(({ outcomes }) => outcomes),
    reasons: totals(({ reasons }) => reasons),
    refusals: totals(({ refusals }) => refusals),
    causes,
    duration: all(({ duration }) => duration),
    attempt: all(({ attempt }) => attempt),
    cutOff: all(({ cutOff }) => cutOff),
    memory: all(({ memory }) => memory),
    memoryMeanSum: total(({ memoryMeanSum }) => memoryMeanSum),
    cost: all(({ cost }) => cost),
    measured: total(({ measured }) => measured),
    times: summaries.reduce((sum, { times }) => addTimes(sum, times), noTimes),
    coldStarts: total(({ coldStarts }) => coldStarts),
    warmStarts: total(({ warmStarts }) => warmStarts),
    longestRepeat: summaries.reduce((most, { longestRepeat }) => Math.max(most, longestRepeat), 0),
    attempts: total(({ attempts }) => attempts),
    turns: total(({ turns }) => turns),
    inputTokens: total(({ inputTokens }) => inputTokens),
    outputTokens: total(({ outputTokens }) => outputTokens),
    busyMsByHour: totals(({ busyMsByHour }) => busyMsByHour),
    startsByHour: totals(({ startsByHour }) => startsByHour),
    examples,
  };
}

/** The report of the chaos runs, as a table and as a verdict. */
import { percentile } from '../../bench/measure.ts';
import type { RunResult } from './run.ts';

export interface ChaosReport {
  readonly faults: number;
  readonly runs: number;
  readonly finished: number;
  readonly repeatedEffects: number;
  readonly missingEffects: number;
  readonly spoiltTexts: number;
  /** Paid calls whose answer no run used. */
  readonly repeatedCalls: number;
  readonly lostIterations: number;
  readonly orphans: number;
  readonly passed: boolean;
}

export function judge(
  results: readonly RunResult[],
  baseline: RunResult,
  rest: { readonly spoiltTexts: number; readonly orphans: number },
): ChaosReport {
  const sum = (of: (result: RunResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  const injected = results.flatMap((result) => result.injected);
  const numbers = {
    faults: injected.length,
    runs: results.length,
    finished: results.filter(({ outcome }) => outcome === 'completed').length,
    repeatedEffects: sum(({ repeatedEffects }) => repeatedEffects),
    missingEffects: sum(({ missingEffects }) => missingEffects),
    ...rest,
    repeatedCalls: sum(({ paidCalls, iterations }) => paidCalls - iterations),
    lostIterations: sum(({ iterations }) => Math.max(0, iterations - baseline.iterations)),
  };
  const passed =
    numbers.finished === numbers.runs &&
    numbers.repeatedEffects === 0 &&
    numbers.missingEffects === 0 &&
    numbers.spoiltTexts === 0 &&
    numbers.repeatedCalls === 0 &&
    numbers.lostIterations <= numbers.faults &&
    numbers.orphans === 0;
  return { ...numbers, passed };
}

export function table(report: ChaosReport, results: readonly RunResult[]): string {
  const recoveries = results.flatMap((result) => result.recoveries);
  const kinds = [...new Set(recoveries.map(({ kind }) => kind))];
  const lines = kinds.map((kind) => {
    const own = recoveries.filter((recovery) => recovery.kind === kind);
    const times = own.map(({ milliseconds }) => milliseconds).filter((time) => !Number.isNaN(time));
    const seconds = (share: number): string => (percentile(times, share) / 1000).toFixed(1);
    return `| ${kind} | ${own.length} | ${recoveryLevelsOf(own)} | ${seconds(0.5)} | ${seconds(0.95)} |`;
  });
  return [
    '| fault | times | recovery levels | s to go on, p50 | p95 |',
    '|---|---|---|---|---|',
    ...lines,
    '',
    '| | found | must be |',
    '|---|---|---|',
    `| runs finished | ${report.finished} of ${report.runs} | all |`,
    `| effects repeated | ${report.repeatedEffects} | 0 |`,
    `| effects missing, texts spoilt | ${report.missingEffects}, ${report.spoiltTexts} | 0, 0 |`,
    `| model calls repeated | ${report.repeatedCalls} | 0 |`,
    `| iterations lost | ${report.lostIterations} | at most ${report.faults} |`,
    `| processes left behind | ${report.orphans} | 0 |`,
  ].join('\n');
}

function recoveryLevelsOf(recoveries: readonly { readonly recoveryLevel: string }[]): string {
  const counts = Map.groupBy(recoveries, ({ recoveryLevel }) => recoveryLevel);
  return [...counts].map(([recoveryLevel, all]) => `${recoveryLevel} ${all.length}`).join(', ');
}

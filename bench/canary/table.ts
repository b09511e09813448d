/** The table of the simulated canaries, and the bounds that must hold. */
import type { Scenario } from './scenarios.ts';
import type { Summary } from './simulate.ts';

const mostFalseAlarms = 0.05;
const leastFound = 0.95;

const kinds: Readonly<
  Record<Scenario['kind'], { readonly title: string; readonly holds: (summary: Summary) => boolean }>
> = {
  unchanged: { title: 'rolled back ≤ 5 %', holds: ({ rolledBack }) => rolledBack <= mostFalseAlarms },
  harmful: { title: 'rolled back ≥ 95 %', holds: ({ rolledBack }) => rolledBack >= leastFound },
  better: { title: 'promoted ≥ 95 %', holds: ({ promoted }) => promoted >= leastFound },
};

export function boundHolds(summary: Summary): boolean {
  return kinds[summary.kind].holds(summary);
}

/** In Markdown, one row for each scenario. */
export function table(summaries: readonly Summary[]): string {
  const head = [
    'candidate; runs',
    'rolled back',
    'after canary runs (median, p95)',
    'promoted',
    'after canary runs (median, p95)',
    'bound',
  ];
  const rows = summaries.map((summary) => [
    summary.name,
    percent(summary.rolledBack),
    counts(summary.runsToRollBack),
    percent(summary.promoted),
    counts(summary.runsToPromote),
    `${kinds[summary.kind].title}${boundHolds(summary) ? '' : ' **broken**'}`,
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function counts(runs: Summary['runsToPromote']): string {
  return runs === null ? '' : `${runs.median}, ${runs.p95}`;
}

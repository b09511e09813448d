/** The benchmark's table: the medians of each contender over the rounds, and the ratio of each to bare. */
import { median } from '../measure.ts';
import type { Figures } from './rounds.ts';

export interface Measured {
  readonly name: string;
  readonly rounds: readonly Figures[];
}

interface Row {
  readonly label: string;
  readonly key: keyof Figures;
  readonly goal: string;
  readonly moreIsBetter?: true;
  /** Bare has no database: there is nothing to compare. */
  readonly withoutRatio?: true;
}

const rows: readonly Row[] = [
  { label: 'single job, p50, ms', key: 'singleMilliseconds', goal: '≤ 1.1' },
  { label: 'jobs a second, 50 in parallel', key: 'jobsPerSecond', goal: '≤ 1.15', moreIsBetter: true },
  { label: 'CPU s per 1,000 jobs (all servers + worker)', key: 'cpuPerThousandJobs', goal: '≤ 1.15' },
  { label: 'of it the worker', key: 'workerCpuPerThousandJobs', goal: '' },
  { label: 'of it the database server', key: 'databaseCpuPerThousandJobs', goal: '', withoutRatio: true },
];

/** In Markdown: two columns for each contender beside bare, in their order. */
export function table(bare: Measured, others: readonly Measured[]): string {
  const head = ['', 'bare', ...others.flatMap(({ name }) => [name, 'ratio to bare (spread over rounds)']), 'goal'];
  const lines = rows.map((row) => [
    row.label,
    medianOf(bare, row),
    ...others.flatMap((other) => [medianOf(other, row), row.withoutRatio ? '' : ratio(bare, other, row)]),
    row.goal,
  ]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function medianOf({ rounds }: Measured, { key }: Row): string {
  return median(rounds.map((figures) => figures[key])).toFixed(1);
}

/** The ratio is taken round by round. */
function ratio(bare: Measured, other: Measured, { key, moreIsBetter }: Row): string {
  const ratios = other.rounds.map((figures, index) => {
    const base = bare.rounds[index]?.[key] ?? Number.NaN;
    return moreIsBetter ? base / figures[key] : figures[key] / base;
  });
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)].map((value) => value.toFixed(2));
  return `${median(ratios).toFixed(2)} (${low} to ${high})${moreIsBetter ? ', as time a job' : ''}`;
}

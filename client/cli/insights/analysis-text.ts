/** The analysis of runs as people read it in a terminal. */
import { counted } from '../../../workflows/contract/counted.ts';
import type { Analysis, Recommendations } from '../api/client.ts';

type Group = Analysis['groups'][number];
type Finding = Analysis['findings'][number];

const columns = [
  '',
  'runs',
  '> 60 s',
  'min',
  'mean',
  'p50',
  'p95',
  'p99',
  'max',
  'deviation',
  'memory',
  'cold',
  'cost',
];

export function analysisText(analysis: Analysis): string {
  const { from, to, source, total, groups, groupsLeftOut, findings, findingsLeftOut } = analysis;
  const rows = [columns, ...[...groups, total].map(rowOf)];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 2)))
      .join('');
  return [
    `${counted(total.runs, 'run')} from ${from} to ${to}, by ${analysis.by}; seconds${source === 'rollups' ? ', quantiles within 1 %' : ''}`,
    ...rows.map(line),
    ...leftOut(groupsLeftOut, 'group'),
    '',
    ...(total.timeByPart.length === 0 ? [] : ['Where the time went', ...groups.map(partsLine), '']),
    ...errorLines(groups),
    findings.length === 0 ? 'No findings.' : 'Findings',
    ...findings.flatMap(findingLines),
    ...leftOut(findingsLeftOut, 'finding'),
    '',
  ].join('\n');
}

export function recommendationsText({ kinds, workers }: Recommendations): string {
  const lines = kinds.map(({ kind, changes, why }) => {
    const changed = Object.entries(changes).flatMap(([name, limits]) =>
      Object.entries(limits).map(([limit, value]) => `${name}.${limit}=${String(value)}`),
    );
    return `  ${kind.padEnd(14)}${changed.length === 0 ? '' : `${changed.join(' ')}: `}${why}`;
  });
  const settings = workers.map(
    ({ setting, value, why }) => `  ${setting.padEnd(26)}${value === null ? '' : `${value}: `}${why}`,
  );
  const headings = ['Recommended limits (lodestone limits set)', 'Recommended for all workers together'];
  return ['', headings[0], ...lines, '', headings[1], ...settings, ''].join('\n');
}

function rowOf(group: Group): readonly string[] {
  const { min, mean, p50, p95, p99, max, variance } = group.durationMs;
  const starts = group.coldStarts + group.warmStarts;
  return [
    group.name,
    String(group.runs),
    String(group.aboveMinute),
    ...[min, mean, p50, p95, p99, max, Math.sqrt(variance)].map((ms) => (ms / 1000).toFixed(1)),
    group.memoryPeakBytes.count === 0 ? '-' : `${Math.round(group.memoryPeakBytes.max / 2 ** 20)} MiB`,
    starts === 0 ? '-' : `${group.coldStarts}/${starts}`,
    `$${(group.costMicroUsd.sum / 1e6).toFixed(4)}`,
  ];
}

function partsLine({ name, timeByPart }: Group): string {
  const parts = timeByPart.map(({ part, share }) => `${part} ${Math.round(share * 100)} %`);
  return `  ${name}: ${parts.length === 0 ? 'not measured' : parts.join(', ')}`;
}

function errorLines(groups: readonly Group[]): readonly string[] {
  const lines = groups.flatMap(({ name, errors, refusals }) => {
    const told = [
      ...Object.entries(errors),
      ...Object.entries(refusals).map(([status, count]) => [`status ${status}`, count]),
    ];
    return told.length === 0 ? [] : [`  ${name}: ${told.map(([error, count]) => `${error} ${count}`).join(', ')}`];
  });
  return lines.length === 0 ? [] : ['Errors', ...lines, ''];
}

function findingLines({ level, cause, about, evidence, advice, examples }: Finding): readonly string[] {
  const runs = examples.map(({ page, key, tenant }) => page ?? `${key} of ${tenant}`);
  return [
    `  ${level}: ${cause.replaceAll('_', ' ')}: ${about}`,
    `    ${evidence}`,
    `    ${advice}`,
    ...(runs.length === 0 ? [] : [`    runs: ${[...new Set(runs)].join(', ')}`]),
  ];
}

function leftOut(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`  and ${counted(count, `more ${what}`)}`];
}

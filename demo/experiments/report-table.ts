/** What `npm run demo:experiment` prints at its end. */
import type { TrialReport } from './trials.ts';

export function reportTable(reports: readonly TrialReport[]): string {
  const cells = [
    ['experiment', 'state', 'seconds', 'rounds', 'checks'],
    ...reports.map(({ trial, state, seconds, rounds, checks }) => [
      trial,
      state,
      seconds.toFixed(2),
      String(rounds),
      checks.every(({ ok }) => ok)
        ? `${checks.length} hold`
        : `fails: ${checks.flatMap(({ what, ok }) => (ok ? [] : [what])).join('; ')}`,
    ]),
  ];
  const widths = [16, 11, 9, 8, 0];
  const lines = cells.map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(''));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

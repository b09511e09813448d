/** The charts of a window over time: durations, failures and time-outs, cost, waiting; and how long steps with a browser take. */
import { html } from 'hono/html';
import { quantile } from '../../../../workflows/contract/insights/distribution.ts';
import type { RunSummary } from '../../../../workflows/contract/insights/run-summary.ts';
import { duration, money } from '../format.ts';
import type { Html } from '../layout.ts';
import { seriesChart, type Series, type SeriesChart } from '../plots/series-chart.ts';
import { histogram } from './histogram.ts';
import type { InsightsData } from './insights-data.ts';
import { addressOf } from './insights-query.ts';

export function trendCharts(data: InsightsData): Html {
  const spans = data.spans.map(({ fromMs, toMs }) => ({
    fromMs,
    toMs,
    href: addressOf(data.query, { from: fromMs, to: toMs }),
  }));
  const series = (name: string, valueOf: (summary: RunSummary) => number | null): Series => ({
    name,
    values: data.spans.map(({ summary }) => (summary.runs === 0 ? null : valueOf(summary))),
  });
  const charts: readonly Omit<SeriesChart, 'spans'>[] = [
    {
      title: 'Duration',
      unit: 'Seconds',
      form: 'curves',
      series: [
        series('p50', ({ duration: one }) => quantile(one, 0.5) / 1000),
        series('p95', ({ duration: one }) => quantile(one, 0.95) / 1000),
      ],
      words: (value) => duration(value * 1000),
    },
    {
      title: 'Failures',
      unit: 'Per cent of runs',
      form: 'curves',
      series: [
        series('failed or timed out', (one) => (100 * (countOf(one, 'failed') + countOf(one, 'timed_out'))) / one.runs),
        series('timed out', (one) => (100 * timeoutsOf(one)) / one.runs),
      ],
      words: (value) => `${value.toFixed(1)} %`,
      most: 100,
    },
    {
      title: 'Cost',
      unit: 'US dollars',
      form: 'columns',
      series: [series('cost', ({ cost }) => cost.sum / 1e6)],
      words: money,
    },
    {
      title: 'Waiting for a worker, mean',
      unit: 'Seconds',
      form: 'curves',
      series: [series('wait', ({ measured, times }) => (measured === 0 ? null : times.queue / measured / 1000))],
      words: (value) => duration(value * 1000),
    },
  ];
  return html`<div class="charts">
    ${charts.map((chart) => seriesChart({ ...chart, spans }))} ${histogram(data.computerUse.duration)}
  </div>`;
}

function countOf({ outcomes }: RunSummary, outcome: string): number {
  return outcomes[outcome] ?? 0;
}

/** By the reason: a loop that reached its limit of time has timed out as well as a worker that was silent. */
function timeoutsOf({ reasons }: RunSummary): number {
  return Object.entries(reasons).reduce(
    (sum, [reason, count]) => (reason.startsWith('timeout_') || reason.endsWith('time_limit') ? sum + count : sum),
    0,
  );
}

/** The page of insights: how long runs take and why, over a window of time; plots whose points lead to the runs behind them. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { html } from 'hono/html';
import { counted } from '../../../../workflows/contract/counted.ts';
import { analysisGroupings } from '../../../../workflows/contract/insights/analysis.ts';
import type { ApiDependencies } from '../../dependencies.ts';
import { ProblemError } from '../../http/problem.ts';
import { duration, money, moment } from '../format.ts';
import { page, type Html } from '../layout.ts';
import { fact } from '../parts.ts';
import { findingList, groupTable, recommendationTable, runTable } from './insights-lists.ts';
import { readInsights, type InsightsData } from './insights-data.ts';
import { addressOf, InsightsQuerySchema, windows } from './insights-query.ts';
import { runPlot } from './run-plot.ts';
import { trendCharts } from './trend-charts.ts';

export function addInsightsPage(app: OpenAPIHono, { acrossTenants, store, now }: ApiDependencies): void {
  app.get('/insights', async (context) => {
    const query = InsightsQuerySchema.safeParse(context.req.query());
    if (!query.success) {
      const [issue] = query.error.issues;
      throw new ProblemError('invalid-request', `${issue?.path.join('.') ?? 'the address'}: ${issue?.message ?? ''}`);
    }
    return context.html(insightsPage(await readInsights(acrossTenants, store, query.data, now())));
  });
}

function insightsPage(data: InsightsData): Html {
  const { analysis, runs, newest, query, recommendations } = data;
  return page(
    'Lodestone: insights',
    html`<link rel="stylesheet" href="/assets/plot.css" /><link rel="stylesheet" href="/assets/insights.css" />
      <section class="head">
        <h1>Insights</h1>
        <p><a href="/audits">Audits of computer use and time-outs</a></p>
      </section>
      <section class="card" id="window">${filter(data)} ${figures(data)}</section>
      <section class="card" id="findings">
        <h2>Findings</h2>
        ${findingList(analysis, data.tenant)}
      </section>
      <section class="card" id="runs-plot">
        <h2>Runs</h2>
        ${runPlot(runs, data)}
      </section>
      <section class="card" id="trends">
        <h2>Over time</h2>
        ${trendCharts(data)}
      </section>
      <section class="card" id="groups">
        <h2>By ${query.by.replace('-', ' ')}</h2>
        ${groupTable(analysis)}
      </section>
      <section class="card" id="recommendations">
        <h2>Recommended limits</h2>
        <p class="soft">From all runs of the window. <a href="/limits">Limits and their versions</a></p>
        ${recommendationTable(recommendations)}
      </section>
      <section class="card" id="newest">
        <h2>Newest runs</h2>
        ${runTable(newest)}
      </section>`,
    { wide: true },
  );
}

function filter({ query, works, leadMagnets, fromMs, toMs }: InsightsData): Html {
  const select = (name: string, label: string, values: readonly string[], chosen: string | undefined, all?: string) =>
    html`<label
      >${label}
      <select name="${name}">
        ${all === undefined ? null : html`<option value="">${all}</option>`}
        ${values.map((value) => html`<option value="${value}" ${value === chosen ? 'selected' : ''}>${value}</option>`)}
      </select></label
    >`;
  const part =
    query.from === undefined
      ? null
      : html`<p>
          ${moment(new Date(fromMs).toISOString())} to ${moment(new Date(toMs).toISOString())} ·
          <a href="${addressOf(query, { from: undefined, to: undefined })}">the whole window</a>
        </p>`;
  return html`<form method="get" action="/insights" class="filter">
      ${select('since', 'Last', windows, query.since)}
      ${select('work', 'Work', withChosen(works, query.work), query.work, 'all')}
      ${select('magnet', 'Lead magnet', withChosen(leadMagnets, query.magnet), query.magnet, 'all')}
      ${select('by', 'By', analysisGroupings, query.by)} <button>Show</button>
    </form>
    ${part}`;
}

/** What was chosen stays in the list, also when the window has nothing of it. */
function withChosen(names: readonly string[], chosen: string | undefined): readonly string[] {
  return chosen === undefined || names.includes(chosen) ? names : [chosen, ...names];
}

function figures({ analysis: { total } }: InsightsData): Html {
  const failed = (total.outcomes['failed'] ?? 0) + (total.outcomes['timed_out'] ?? 0);
  const [largest] = total.timeByPart;
  return html`<dl class="facts">
    ${fact('Runs', String(total.runs))} ${fact('Above 60 s', String(total.aboveMinute))}
    ${fact('Median', duration(total.durationMs.p50))} ${fact('p95', duration(total.durationMs.p95))}
    ${fact('p99', duration(total.durationMs.p99))} ${fact('Failed', failed === 0 ? 'none' : counted(failed, 'run'))}
    ${fact('Cost', money(total.costMicroUsd.sum / 1e6))}
    ${fact('Most time', largest === undefined ? '' : `${largest.part}, ${Math.round(largest.share * 100)} %`)}
  </dl>`;
}

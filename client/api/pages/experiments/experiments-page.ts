/** The page that lists experiments, newest first, with a plot of the best rounds of those that are completed. */
import { html } from 'hono/html';
import { experimentStates, type ExperimentState } from '../../../../workflows/contract/experiments/experiment.ts';
import { shortenText } from '../../../../workflows/contract/cut-text.ts';
import { frontOf } from '../../../../workflows/contract/experiments/front.ts';
import type { ExperimentLine } from '../../../../workflows/contract/experiments/view.ts';
import { humanize, moment } from '../format.ts';
import { page, type Html } from '../layout.ts';
import { pill } from '../parts.ts';
import { experimentTitle, underWay } from './experiment-words.ts';
import { visibleText } from './foreign-text.ts';
import { metricCells, numberCell } from './metric-cells.ts';
import { age } from './metric-words.ts';
import { emptyForm, newExperimentForm } from './submit/new-experiment-form.ts';
import { rateDistortionPlot, type RatedPoint } from './plot/rate-distortion.ts';

export interface ExperimentsPageData {
  readonly experiments: readonly ExperimentLine[];
  /** The last one of this page, when there are older ones. */
  readonly next: string | null;
  readonly counts: Readonly<Partial<Record<ExperimentState, number>>>;
  /** The filter of the address. */
  readonly state: ExperimentState | null;
  readonly now: Date;
  /** Of the form for a new experiment. */
  readonly formKey: string;
}

/** Of a name beside a point of the plot. */
const longestLabel = 24;
/** Of a message below a name. */
const longestDetails = 120;

export function experimentsPage(data: ExperimentsPageData): Html {
  const { experiments, next, state } = data;
  return page(
    'Lodestone: experiments',
    html`<link rel="stylesheet" href="/assets/plot.css" /><link rel="stylesheet" href="/assets/experiment.css" />
      <section class="head"><h1>Experiments</h1></section>
      <section class="card" id="new">
        <details ${data.experiments.length === 0 && state === null ? 'open' : ''}>
          <summary>New experiment</summary>
          ${newExperimentForm(emptyForm(data.formKey))}
        </details>
      </section>
      <section class="card" id="plot">
        <h2>Quality and size</h2>
        ${rateDistortionPlot(ratedPoints(experiments), {
          title: 'The best round of each completed experiment of this page',
          noun: 'experiment',
          joinsFront: false,
        })}
      </section>
      <section class="card" id="experiments">
        <h2>${state === null ? 'Newest experiments' : `Newest experiments: ${humanize(state)}`}</h2>
        ${stateFilter(data)} ${experiments.length === 0 ? nothing(state) : table(data)}
        ${next === null ? null : html`<p><a href="/experiments?${olderQuery(state, next)}">Older</a></p>`}
      </section>`,
  );
}

function olderQuery(state: ExperimentState | null, before: string): string {
  return new URLSearchParams(state === null ? { before } : { state, before }).toString();
}

/** One link for each state that any experiment is in. */
function stateFilter({ counts, state }: ExperimentsPageData): Html {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const shown = experimentStates.filter((one) => (counts[one] ?? 0) > 0 || one === state);
  return html`<nav class="states" aria-label="Filter by state">
    ${stateLink('all', '/experiments', all, state === null)}
    ${shown.map((one) => stateLink(humanize(one), `/experiments?state=${one}`, counts[one] ?? 0, one === state))}
  </nav>`;
}

function stateLink(words: string, address: string, count: number, isCurrent: boolean): Html {
  return html`<a href="${address}" ${isCurrent ? html`aria-current="page"` : null}
    >${words} <span class="soft">${count}</span></a
  >`;
}

function nothing(state: ExperimentState | null): Html {
  return state === null
    ? html`<p class="soft">None yet.</p>`
    : html`<p class="soft">None is ${humanize(state)} now. <a href="/experiments">All experiments</a></p>`;
}

function table({ experiments, now }: ExperimentsPageData): Html {
  return html`<div class="sheet" tabindex="0" role="region" aria-label="Experiments">
    <table class="figures stacking">
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Experiment</th>
          <th scope="col" class="number">PSNR</th>
          <th scope="col" class="number">SSIM</th>
          <th scope="col" class="number">Ratio</th>
          <th scope="col" class="number">Bitrate</th>
          <th scope="col" class="number">Round</th>
          <th scope="col">Accepted</th>
        </tr>
      </thead>
      <tbody>
        ${experiments.map((line) => row(line, now))}
      </tbody>
    </table>
  </div>`;
}

function row(line: ExperimentLine, now: Date): Html {
  const { id, state, best, round, rounds, acceptedAt, failure } = line;
  const details = failure === null ? underWay(line) : visibleText(shortenText(failure.message, longestDetails));
  return html`<tr>
    <td>${pill(state)}</td>
    <th scope="row">
      <a href="/experiments/${encodeURIComponent(id)}">${experimentTitle(line)}</a>
      ${details === '' ? null : html`<span class="soft details">${details}</span>`}
    </th>
    ${metricCells(best?.metrics ?? null)} ${numberCell('Round', rounds === 1 ? '' : `${round} of ${rounds}`)}
    <td><time datetime="${acceptedAt}" title="${moment(acceptedAt)}">${age(acceptedAt, now)}</time></td>
  </tr>`;
}

function ratedPoints(experiments: readonly ExperimentLine[]): readonly RatedPoint[] {
  const rated = experiments.flatMap((line, number) => {
    const metrics = line.best?.metrics ?? null;
    return metrics === null || line.state !== 'completed' ? [] : [{ line, number, ...metrics }];
  });
  const front = frontOf(rated);
  return rated.map(({ line, number, bitrateMbps, psnrDb }) => ({
    label: shortenText(experimentTitle(line), longestLabel),
    href: `/experiments/${encodeURIComponent(line.id)}`,
    bitrateMbps,
    psnrDb,
    mark: front.has(number) ? 'front' : 'other',
  }));
}

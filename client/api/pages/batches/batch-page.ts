/** The page of a batch: progress, cost, failures and controls. The live part is a fragment that the script reloads. */
import { counted } from '../../../../workflows/contract/counted.ts';
import { html } from 'hono/html';
import { batchItemEnds, type BatchItemStatus } from '../../../../workflows/contract/batches/batch.ts';
import { pausedBy, type BatchItemView } from '../../../../workflows/contract/batches/schema.ts';
import type { JobEvent } from '../../../../workflows/contract/jobs/job-view.ts';
import type { BatchWithProgress } from '../../batches/batch-progress.ts';
import { answersCard } from './batch-answers.ts';
import { askedCard } from './batch-asked.ts';
import { resultsForm } from './batch-results-form.ts';
import { batchControls } from './batch-controls.ts';
import { page, type Html } from '../layout.ts';
import { fact, pill } from '../parts.ts';
import { duration, moment, money, humanize } from '../format.ts';

export interface BatchPageData {
  readonly batch: BatchWithProgress;
  readonly events: readonly JobEvent[];
  /** The first items with an answer, and the first that ended without one. */
  readonly answered: readonly BatchItemView[];
  readonly failed: readonly BatchItemView[];
  readonly temporalUrl: string;
}

/** Statuses in the order of the progress bar: ended items first, then items under way. */
const drawn: readonly BatchItemStatus[] = [...batchItemEnds, 'submitted', 'intended'];
const shown: readonly BatchItemStatus[] = [...drawn, 'pending'];

/** How often the page reloads its live part: items write no events. */
const refreshMilliseconds = 2000;

export function batchPage(data: BatchPageData): Html {
  const { batch, events } = data;
  const cursor = events[0]?.sequence ?? 0;
  const address = `/v1/batches/${batch.id}/events?cursor=${cursor}`;
  return page(
    `${batch.definition.name}: ${humanize(batch.outcome ?? batch.state)}`,
    html`<link rel="stylesheet" href="/assets/batch.css" />
      <div
        id="live"
        data-events="${address}"
        data-fragment="/batches/${batch.id}/fragment"
        data-every="${refreshMilliseconds}"
      >
        ${batchFragment(data)}
      </div>
      <p id="announcement" class="unseen" role="status"></p>
      ${
        batch.state === 'ended'
          ? null
          : html`<script src="/assets/live.js" defer></script>
              <script src="/assets/batch-upload.js" defer></script>`
      }`,
  );
}

/** The parts of the page that change. Each exists from the start, so that the script finds it by its id. */
export function batchFragment({ batch, events, answered, failed, temporalUrl }: BatchPageData): Html {
  return html`${head(batch, temporalUrl)} ${progressCard(batch)} ${failuresCard(batch, failed)} ${answersCard(answered)}
    ${batchControls(batch)} ${askedCard(batch.definition)}
    <section class="card" id="events">
      <h2>Events</h2>
      <ol class="events" tabindex="0" aria-label="Events, newest first">
        ${events.map(
          ({ at, message }) =>
            html`<li>
              <time class="soft" datetime="${at}">${at.slice(11, 19)}</time>
              <span>${message}</span>
            </li>`,
        )}
      </ol>
    </section>`;
}

function head(batch: BatchWithProgress, temporalUrl: string): Html {
  const { id, definition, progress } = batch;
  const took = batch.startedAt === null ? null : Date.parse(batch.endedAt ?? new Date().toISOString());
  return html`<section class="head" id="head">
    <p class="soft"><a href="/batches">Batches</a> / ${definition.model}</p>
    <h1>${definition.name} ${pill(batch.outcome ?? batch.state)}</h1>
    ${batch.reason === null ? null : html`<p class="alert">${batch.reason.message}</p>`}
    ${batch.pause === null ? null : html`<p class="note">Paused by ${pausedBy[batch.pause.by]}: ${batch.pause.message}</p>`}
    ${progress.waits.map(
      ({ message, until }) =>
        html`<p class="note">Waiting until <time datetime="${until}">${moment(until)}</time>: ${message}</p>`,
    )}
    ${
      progress.stopped === null
        ? null
        : html`<p class="alert">
            All batches are stopped: ${progress.stopped.message} (<a href="/batches">switch</a>)
          </p>`
    }
    <dl class="facts">
      ${fact('Items', String(batch.itemCount))} ${fact('Created', moment(batch.createdAt))}
      ${fact('Took', took === null ? '' : duration(took - Date.parse(batch.startedAt ?? '')))}
      ${definition.mode === 'economy' ? fact('Mode', 'economy') : fact('In parallel', String(definition.limits.parallel))}
    </dl>
    <div class="actions">
      <a class="button" href="${temporalUrl}">Run in Temporal</a>
      <a class="button" href="/v1/batches/${id}/results.csv" download>Results as CSV</a>
      <a class="button" href="/v1/batches/${id}/results.jsonl" download>Results as JSON lines</a>
    </div>
    ${resultsForm(id)}
  </section>`;
}

function progressCard({
  itemCount,
  counts,
  progress,
  spentUsd,
  reservedUsd,
  estimateUsd,
  worstUsd,
  definition,
}: BatchWithProgress): Html {
  const { capUsd } = definition.limits;
  const share = percent(progress.ended, itemCount);
  return html`<section class="card" id="progress">
    <h2>Progress</h2>
    <p class="tally"><b>${progress.ended}</b> of ${counted(itemCount, 'item')} <span class="soft">${share} %</span></p>
    <div
      class="stack"
      role="progressbar"
      aria-label="Items that have ended"
      aria-valuenow="${progress.ended}"
      aria-valuemax="${itemCount}"
      aria-valuetext="${progress.ended} of ${itemCount}"
    >
      ${drawn.map((status) =>
        counts[status] === 0
          ? null
          : html`<span class="part ${status}" style="width: ${percent(counts[status], itemCount)}%"></span>`,
      )}
    </div>
    <ul class="legend">
      ${shown.map((status) =>
        counts[status] === 0
          ? null
          : html`<li><i class="part ${status}"></i>${counts[status]} ${humanize(status)}</li>`,
      )}
    </ul>
    <dl class="facts">
      ${fact('Rate', progress.itemsPerMinute === 0 ? '' : `${Math.round(progress.itemsPerMinute)} a minute`)}
      ${fact('Left', progress.secondsLeft === null ? '' : duration(progress.secondsLeft * 1000))}
      ${fact('Estimate at the start', estimateUsd === null ? '' : `${money(estimateUsd)}, at most ${money(worstUsd ?? estimateUsd)}`)}
      ${fact('Forecast', progress.forecastUsd === null ? '' : money(progress.forecastUsd))}
    </dl>
    <p class="tally">
      <b>${money(spentUsd)}</b> of ${money(capUsd)} <span class="soft">${money(reservedUsd)} reserved</span>
    </p>
    <div class="stack" role="img" aria-label="${money(spentUsd)} of ${money(capUsd)} are spent">
      <span class="part spent" style="width: ${percent(spentUsd, capUsd)}%"></span>
      <span class="part reserved" style="width: ${percent(reservedUsd, capUsd)}%"></span>
    </div>
  </section>`;
}

function failuresCard({ id, progress }: BatchWithProgress, failed: readonly BatchItemView[]): Html {
  if (progress.failures.length === 0) return html`<section id="failures" hidden></section>`;
  const filter = ['failed', 'timed_out', 'cancelled', 'uncertain'].map((status) => `status=${status}`).join('&');
  return html`<section class="card" id="failures">
    <h2>Without an answer</h2>
    <ul class="plain">
      ${progress.failures.map(({ type, count }) => html`<li><b>${count}</b> ${humanize(type)}</li>`)}
    </ul>
    <details>
      <summary>The first of them</summary>
      <ul class="plain">
        ${failed.map(
          ({ position, status, attempts, error }) =>
            html`<li>
              Item ${position + 1} ${pill(status)}
              <span class="soft">${attempts === 1 ? '1 attempt' : `${attempts} attempts`}</span>
              <span class="problem">${error?.message}</span>
            </li>`,
        )}
      </ul>
    </details>
    <p><a href="/v1/batches/${id}/results.csv?${filter}" download>All of them as CSV</a></p>
  </section>`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0' : Math.min(100, (part / whole) * 100).toFixed(part === whole ? 0 : 1);
}

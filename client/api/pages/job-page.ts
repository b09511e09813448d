/** The job page: what runs, what the browser sees, what came out. Its live part is a fragment that is fetched anew. */
import { html } from 'hono/html';
import type { ArtifactView, JobEvent, JobView, StepView } from '../../../workflows/contract/job-view.ts';
import { page, type Html } from './layout.ts';
import { duration, moment, money, size, tone, words } from './words.ts';

export interface JobPageData {
  readonly job: JobView;
  readonly events: readonly JobEvent[];
  readonly temporalUrl: string;
}

export function jobPage(data: JobPageData): Html {
  const { job, events } = data;
  const cursor = events[0]?.sequence ?? 0;
  return page(
    `${job.leadMagnet.name}: ${words(job.outcome ?? job.state)}`,
    html`<div id="job" data-job="${job.id}" data-cursor="${cursor}">${jobFragment(data)}</div>
      <p id="announcement" class="unseen" role="status"></p>
      ${job.state === 'ended' ? null : html`<script src="/assets/live.js" defer></script>`}`,
  );
}

/** The parts of the page that change. Each is there from the beginning, by its id, if only as an empty place. */
export function jobFragment({ job, events, temporalUrl }: JobPageData): Html {
  return html`${head(job, temporalUrl)} ${deliverable(job)}
    <section class="card" id="steps">
      <h2>Steps</h2>
      <ol class="steps">
        ${job.steps.map((step) => stepRow(job, step))}
      </ol>
    </section>
    ${deliveries(job)}
    <section class="card" id="events">
      <h2>What happened</h2>
      <ol class="events" tabindex="0" aria-label="Events, newest first">
        ${events.map(eventRow)}
      </ol>
    </section>`;
}

function head(job: JobView, temporalUrl: string): Html {
  return html`<section class="head" id="head">
    <p class="soft"><a href="/">Jobs</a> / ${job.leadMagnet.slug} version ${job.leadMagnet.version}</p>
    <h1>${job.leadMagnet.name} ${pill(job.outcome ?? job.state)}</h1>
    ${job.reason === null ? null : html`<p class="alert">${job.reason.message}</p>`}
    ${job.note === null ? null : html`<p class="note">${job.note}</p>`}
    <dl class="facts">
      ${fact('Submitted', moment(job.submittedAt))} ${fact('Took', duration(job.durationMilliseconds))}
      ${fact('Cost', money(job.usage.costUsd))} ${fact('Model calls', String(job.usage.modelCalls))}
    </dl>
    <div class="actions">
      <a class="button" href="${temporalUrl}">Run in Temporal</a>
      ${job.state === 'ended' ? null : cancelButton(job)}
    </div>
  </section>`;
}

function cancelButton(job: JobView): Html {
  return html`<form method="post" action="/jobs/${job.id}/cancel"><button type="submit">Cancel the job</button></form>`;
}

function eventRow(event: JobEvent): Html {
  return html`<li>
    <time class="soft" datetime="${event.at}">${event.at.slice(11, 19)}</time>
    <span>${event.step === null ? null : html`<b>${event.step}</b> `}${event.message}</span>
  </li>`;
}

function fact(name: string, value: string): Html {
  return value === ''
    ? html``
    : html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`;
}

function pill(state: string): Html {
  return html`<span class="pill ${tone(state)}">${words(state)}</span>`;
}

function artifactUrl(job: JobView, name: string): string {
  return `/v1/jobs/${job.id}/artifacts/${encodeURIComponent(name)}`;
}

function stepRow(job: JobView, step: StepView): Html {
  const details = [
    step.attempts > 1 ? `${step.attempts} attempts` : '',
    step.iterations > 0 ? `${step.iterations} iterations` : '',
    step.rung === 'restored' || step.rung === 'restarted' || step.rung === 'reattached' ? `browser ${step.rung}` : '',
    duration(step.durationMilliseconds),
    step.usage.costUsd > 0 ? money(step.usage.costUsd) : '',
  ].filter((text) => text !== '');
  return html`<li class="step ${tone(step.state)}">
    <div class="row">
      <h3>${step.title}</h3>
      ${pill(step.state)}
      <span class="soft">${[words(step.kind), ...details].join(' · ')}</span>
    </div>
    ${step.note === null ? null : html`<p class="soft">${step.note}</p>`}
    ${step.reason === null ? null : html`<p class="problem">${step.reason.message}</p>`}
    ${step.screenshot === null ? null : picture(job, step, step.screenshot)}
  </li>`;
}

function picture(job: JobView, step: StepView, name: string): Html {
  const address = artifactUrl(job, name);
  return html`<a class="screen" href="${address}"
    ><img src="${address}" alt="What the browser shows in ${step.title}"
  /></a>`;
}

function deliverable(job: JobView): Html {
  const files = job.artifacts.filter((artifact) => artifact.deliverable);
  if (files.length === 0) return html`<section id="result" hidden></section>`;
  const preview = files.find((file) => file.mediaType.startsWith('text/html'));
  return html`<section class="card" id="result">
    <h2>Result</h2>
    <ul class="files">
      ${files.map((file) => fileRow(job, file))}
    </ul>
    ${preview === undefined ? null : previewOf(job, preview)}
  </section>`;
}

function previewOf(job: JobView, { name }: ArtifactView): Html {
  return html`<iframe class="preview" sandbox title="The result" src="${artifactUrl(job, name)}"></iframe>`;
}

function fileRow(job: JobView, file: ArtifactView): Html {
  return html`<li>
    <a href="${artifactUrl(job, file.name)}">${file.name}</a> <span class="soft">${size(file.bytes)}</span>
  </li>`;
}

function deliveries(job: JobView): Html {
  if (job.deliveries.length === 0) return html`<section id="deliveries" hidden></section>`;
  return html`<section class="card" id="deliveries">
    <h2>Deliveries</h2>
    <ul class="plain">
      ${job.deliveries.map(deliveryRow)}
    </ul>
  </section>`;
}

function deliveryRow(delivery: JobView['deliveries'][number]): Html {
  const details = [
    delivery.attempts > 1 ? `${delivery.attempts} attempts` : '',
    delivery.deliveredAt === null ? '' : moment(delivery.deliveredAt),
    delivery.deliveredAt === null && delivery.scheduledFor !== null ? `due ${moment(delivery.scheduledFor)}` : '',
  ].filter((text) => text !== '');
  return html`<li>
    <div class="row">
      ${pill(delivery.state)} <span>${delivery.kind}${delivery.target === null ? '' : ` to ${delivery.target}`}</span>
      <span class="soft">${details.join(' · ')}</span>
    </div>
    ${delivery.reason === null ? null : html`<p class="problem">${delivery.reason.message}</p>`}
  </li>`;
}

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
  const { job } = data;
  const live = job.state === 'ended' ? html`` : html`<script src="/assets/live.js" defer></script>`;
  return page(
    `${job.leadMagnet.name}: ${words(job.outcome ?? job.state)}`,
    html`<div id="job" data-job="${job.id}" aria-live="polite">${jobFragment(data)}</div>
      ${live}`,
  );
}

export function jobFragment({ job, events, temporalUrl }: JobPageData): Html {
  const state = job.outcome ?? job.state;
  return html`<section class="head" data-state="${job.state}">
      <p class="soft"><a href="/">Jobs</a> / ${job.leadMagnet.slug} version ${job.leadMagnet.version}</p>
      <h1>${job.leadMagnet.name} ${pill(state)}</h1>
      ${job.reason === null ? html`` : html`<p class="alert">${job.reason.message}</p>`} ${waiting(job)}
      <dl class="facts">
        ${fact('Submitted', moment(job.submittedAt))} ${fact('Took', duration(job.durationMilliseconds))}
        ${fact('Cost', money(job.usage.costUsd))} ${fact('Model calls', String(job.usage.modelCalls))}
      </dl>
      <p class="actions">
        <a class="button" href="${temporalUrl}">Run in Temporal</a>
        ${
          job.state === 'ended'
            ? html``
            : html`<form method="post" action="/jobs/${job.id}/cancel">
                <button type="submit">Cancel the job</button>
              </form>`
        }
      </p>
    </section>
    ${deliverable(job)}
    <section class="card">
      <h2>Steps</h2>
      <ol class="steps">
        ${job.steps.map((step) => stepRow(job, step))}
      </ol>
    </section>
    ${deliveries(job)}
    <section class="card">
      <h2>What happened</h2>
      <ol class="events">
        ${events.map(
          (event) =>
            html`<li>
              <time class="soft">${event.at.slice(11, 19)}</time>
              <span>${event.step === null ? '' : html`<b>${event.step}</b> `}${event.message}</span>
            </li>`,
        )}
      </ol>
    </section>`;
}

function waiting(job: JobView): Html {
  if (job.state !== 'accepted') return html``;
  return html`<p class="note">Accepted, and waiting for a worker. It begins by itself as soon as one is there.</p>`;
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
  const picture =
    step.screenshot === null
      ? html``
      : html`<a class="screen" href="${artifactUrl(job, step.screenshot)}"
          ><img src="${artifactUrl(job, step.screenshot)}" alt="What the browser shows in ${step.title}" loading="lazy"
        /></a>`;
  return html`<li class="step ${tone(step.state)}">
    <div class="row">
      <h3>${step.title}</h3>
      ${pill(step.state)}
      <span class="soft">${[words(step.kind), ...details].join(' · ')}</span>
    </div>
    ${step.note === null ? html`` : html`<p class="soft">${step.note}</p>`}
    ${step.reason === null ? html`` : html`<p class="problem">${step.reason.message}</p>`} ${picture}
  </li>`;
}

function deliverable(job: JobView): Html {
  const files = job.artifacts.filter((artifact) => artifact.deliverable);
  if (files.length === 0) return html``;
  const preview = files.find((file) => file.mediaType.startsWith('text/html'));
  return html`<section class="card">
    <h2>Result</h2>
    <ul class="files">
      ${files.map((file) => fileRow(job, file))}
    </ul>
    ${
      preview === undefined
        ? html``
        : html`<iframe class="preview" sandbox title="The result" src="${artifactUrl(job, preview.name)}"></iframe>`
    }
  </section>`;
}

function fileRow(job: JobView, file: ArtifactView): Html {
  return html`<li>
    <a href="${artifactUrl(job, file.name)}">${file.name}</a> <span class="soft">${size(file.bytes)}</span>
  </li>`;
}

function deliveries(job: JobView): Html {
  if (job.deliveries.length === 0) return html``;
  return html`<section class="card">
    <h2>Deliveries</h2>
    <ul class="plain">
      ${job.deliveries.map(
        (delivery) =>
          html`<li>
            ${pill(delivery.state)} ${delivery.kind}${delivery.target === null ? '' : ` to ${delivery.target}`}
            <span class="soft">
              ${[
                delivery.attempts > 1 ? `${delivery.attempts} attempts` : '',
                delivery.deliveredAt === null && delivery.scheduledFor !== null
                  ? `due ${moment(delivery.scheduledFor)}`
                  : '',
              ].join(' ')}
            </span>
            ${delivery.reason === null ? html`` : html`<p class="problem">${delivery.reason.message}</p>`}
          </li>`,
      )}
    </ul>
  </section>`;
}

/** What came out of a job, and what became of its deliveries. */
import { html } from 'hono/html';
import type { ArtifactView, JobView } from '../../../workflows/contract/job-view.ts';
import type { Html } from './layout.ts';
import { artifactUrl, pill } from './parts.ts';
import { moment, size } from './words.ts';

export function deliverable(job: JobView): Html {
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
  return html`<iframe class="preview" sandbox title="The result" src="${artifactUrl(job.id, name)}"></iframe>`;
}

function fileRow(job: JobView, file: ArtifactView): Html {
  return html`<li>
    <a href="${artifactUrl(job.id, file.name)}">${file.name}</a> <span class="soft">${size(file.bytes)}</span>
  </li>`;
}

export function deliveries(job: JobView): Html {
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

/** The results of a job. */
import { html } from 'hono/html';
import { counted } from '../../../../workflows/contract/counted.ts';
import type { ArtifactView, JobView } from '../../../../workflows/contract/jobs/job-view.ts';
import type { Html } from '../layout.ts';
import { artifactUrl } from '../parts.ts';
import { size } from '../format.ts';

export function deliverable(job: JobView): Html {
  const files = job.artifacts.filter((artifact) => artifact.deliverable);
  if (files.length === 0) return html`<section id="result" hidden></section>`;
  const preview = files.find((file) => file.mediaType.startsWith('text/html') && file.removedAfterDays === null);
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
  if (file.removedAfterDays !== null)
    return html`<li>${file.name} <span class="soft">${removal(file.removedAfterDays)}</span></li>`;
  return html`<li>
    <a href="${artifactUrl(job.id, file.name)}">${file.name}</a> <span class="soft">${size(file.bytes)}</span>
  </li>`;
}

function removal(days: number): string {
  return `removed ${counted(days, 'day')} after the job ended`;
}

/** The head of the job page: its name, its state, and its controls. */
import { html } from 'hono/html';
import type { JobView } from '../../../../workflows/contract/jobs/job-view.ts';
import type { Html } from '../layout.ts';
import { fact, pill } from '../parts.ts';
import { duration, moment, money } from '../format.ts';

export function jobHead(job: JobView, temporalUrl: string): Html {
  return html`<section class="head" id="head">
    <p class="soft"><a href="/">Jobs</a> / ${job.leadMagnet.slug} version ${job.leadMagnet.version}</p>
    <h1>${job.leadMagnet.name} ${pill(job.outcome ?? job.state)}</h1>
    ${job.reason === null ? null : html`<p class="alert">${job.reason.message}</p>`}
    ${job.note === null ? null : html`<p class="note">${job.note}</p>`}
    <dl class="facts">
      ${fact('Submitted', moment(job.submittedAt))} ${fact('Took', duration(job.durationMilliseconds))}
      ${fact('Cost', money(job.usage.costUsd))} ${fact('Model calls', String(job.usage.modelCalls))}
      ${fact('Limits', job.limitsVersion === 0 ? 'built in' : `version ${job.limitsVersion}`)}
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

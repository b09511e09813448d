/** What a job asks people: the picture, the page and the question, with the two answers as a plain form. */
import { html } from 'hono/html';
import type { ApprovalView, JobView } from '../../../workflows/contract/job-view.ts';
import type { Html } from './layout.ts';
import { artifactUrl, pill } from './parts.ts';
import { moment } from './words.ts';

export function approvalPanel(job: JobView): Html {
  if (job.approvals.length === 0) return html`<section id="approvals" hidden></section>`;
  const open = job.approvals.filter(({ state }) => state === 'open');
  const closed = job.approvals.filter(({ state }) => state !== 'open');
  return html`<section class="card" id="approvals" aria-labelledby="approvals-title">
    <h2 id="approvals-title">${open.length === 0 ? 'Approvals' : 'A person is asked'}</h2>
    ${open.map((approval) => question(job, approval))}
    ${
      closed.length === 0
        ? null
        : html`<ul class="plain" id="approvals-closed">
            ${closed.map(answered)}
          </ul>`
    }
  </section>`;
}

function question(job: JobView, approval: ApprovalView): Html {
  const { requestId, url, screenshot, expiresAt } = approval;
  const title = `${requestId}-question`;
  const picture = artifactUrl(job.id, screenshot.name, screenshot.sha256);
  const step = job.steps.find(({ id }) => id === approval.step)?.title ?? approval.step;
  return html`<form
    class="approval"
    id="${requestId}"
    method="post"
    action="/jobs/${job.id}/approvals/${requestId}"
    aria-labelledby="${title}"
  >
    <p id="${title}"><b>${step}</b>: ${approval.question}</p>
    <p class="soft">On ${url}. Waits until ${moment(expiresAt)}.</p>
    <a class="screen" href="${picture}"><img src="${picture}" alt="The screen that this is about" /></a>
    <label for="${requestId}-note">Note (optional; on a refusal the model is told it)</label>
    <input id="${requestId}-note" name="note" maxlength="1000" autocomplete="off" />
    <p class="actions">
      <button type="submit" name="decision" value="approve">Approve</button>
      <button type="submit" name="decision" value="refuse">Refuse</button>
    </p>
  </form>`;
}

function answered({ requestId, state, question, decidedBy, decidedAt, note }: ApprovalView): Html {
  const who = decidedBy === null ? '' : ` by ${decidedBy}`;
  return html`<li id="${requestId}">
    <div class="row">${pill(state)} <span>${question}</span></div>
    <p class="soft">${state}${who} ${moment(decidedAt)}${note === null ? '' : `: ${note}`}</p>
  </li>`;
}

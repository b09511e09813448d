/** A job's question to a person: the screenshot, the page and the question, with the two answers as a plain form. */
import { html } from 'hono/html';
import type { ApprovalView, JobView } from '../../../../workflows/contract/jobs/job-view.ts';
import type { Html } from '../layout.ts';
import { artifactUrl, pill } from '../parts.ts';
import type { RunData } from './run-panel.ts';
import { turnOverlay } from '../computer-use/turn-overlay.ts';
import { moment } from '../format.ts';

/** `runs` has the computer-use steps that have begun, by the step's id. */
export function approvalPanel(job: JobView, runs: ReadonlyMap<string, RunData>): Html {
  if (job.approvals.length === 0) return html`<section id="approvals" hidden></section>`;
  const open = job.approvals.filter(({ state }) => state === 'open');
  const closed = job.approvals.filter(({ state }) => state !== 'open');
  return html`<section class="card" id="approvals" aria-labelledby="approvals-title">
    <h2 id="approvals-title">${open.length === 0 ? 'Approvals' : 'Approval needed'}</h2>
    ${open.map((approval) => question(job, approval, runs.get(approval.step)))}
    ${
      closed.length === 0
        ? null
        : html`<ul class="plain" id="approvals-closed">
            ${closed.map(answered)}
          </ul>`
    }
  </section>`;
}

function question(job: JobView, approval: ApprovalView, run: RunData | undefined): Html {
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
    <a class="screen" href="${picture}">
      <div class="stage"><img src="${picture}" alt="The screen that this is about" />${drawn(run)}</div>
    </a>
    <label for="${requestId}-note">Note (optional; after a refusal the model gets it)</label>
    <input id="${requestId}-note" name="note" maxlength="1000" autocomplete="off" />
    <p class="actions">
      <button type="submit" name="decision" value="approve">Approve</button>
      <button type="submit" name="decision" value="refuse">Refuse</button>
    </p>
  </form>`;
}

/** The remaining actions of the turn, drawn on the screenshot: the action in question comes first. */
function drawn(run: RunData | undefined): Html {
  const turn = run?.turns.at(-1);
  if (run === undefined || turn === undefined) return html``;
  const actions = turn.actions.filter(({ outcome }) => outcome === 'not_run');
  return turnOverlay({ ...turn, actions }, run.run.display, false);
}

function answered({ requestId, state, question, decidedBy, decidedAt, note }: ApprovalView): Html {
  const who = decidedBy === null ? '' : ` by ${decidedBy}`;
  return html`<li id="${requestId}">
    <div class="row">${pill(state)} <span>${question}</span></div>
    <p class="soft">${state}${who} ${moment(decidedAt)}${note === null ? '' : `: ${note}`}</p>
  </li>`;
}

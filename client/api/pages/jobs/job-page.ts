/**
 * The job page: running steps, the browser's screen, the results. Its live part is a fragment that is fetched again.
 */
import { html } from 'hono/html';
import type { JobEvent, JobView } from '../../../../workflows/contract/jobs/job-view.ts';
import { isUnderWay } from '../../../../workflows/contract/jobs/states.ts';
import { approvalPanel } from './approval-panel.ts';
import { jobHead } from './job-head.ts';
import { deliveries, undelivered } from './job-deliveries.ts';
import { deliverable } from './job-result.ts';
import { jobSteps } from './job-steps.ts';
import { page, type Html } from '../layout.ts';
import type { RunData } from './run-panel.ts';
import { humanize } from '../format.ts';

export interface JobPageData {
  readonly job: JobView;
  readonly events: readonly JobEvent[];
  /** The computer-use steps that have begun, by the step's id. */
  readonly runs: ReadonlyMap<string, RunData>;
  readonly temporalUrl: string;
}

export function jobPage(data: JobPageData): Html {
  const { job, events } = data;
  const cursor = events[0]?.sequence ?? 0;
  return page(
    `${job.leadMagnet.name}: ${humanize(job.outcome ?? job.state)}`,
    html`<link rel="stylesheet" href="/assets/run.css" />
      <div id="live" data-events="/v1/jobs/${job.id}/events?cursor=${cursor}" data-fragment="/jobs/${job.id}/fragment">
        ${jobFragment(data)}
      </div>
      <p id="announcement" class="unseen" role="status"></p>
      ${isOver(job) ? null : html`<script src="/assets/live.js" defer></script>`}`,
  );
}

/** Whether nothing more will happen: a delivery may be sent again after the job's end. */
function isOver(job: JobView): boolean {
  return job.state === 'ended' && !job.deliveries.some(({ state }) => isUnderWay(state));
}

/** The parts of the page that change. Each has its id from the beginning, even when it is empty. */
export function jobFragment({ job, events, runs, temporalUrl }: JobPageData): Html {
  return html`${jobHead(job, temporalUrl)} ${undelivered(job)} ${approvalPanel(job, runs)} ${deliverable(job)}
    ${jobSteps(job, runs)} ${deliveries(job)}
    <section class="card" id="events">
      <h2>Events</h2>
      <ol class="events" tabindex="0" aria-label="Events, newest first">
        ${events.map(eventRow)}
      </ol>
    </section>`;
}

function eventRow(event: JobEvent): Html {
  return html`<li>
    <time class="soft" datetime="${event.at}">${event.at.slice(11, 19)}</time>
    <span>${event.step === null ? null : html`<b>${event.step}</b> `}${event.message}</span>
  </li>`;
}

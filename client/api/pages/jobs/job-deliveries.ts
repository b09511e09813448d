/** The states of a job's deliveries; failed ones are at the top of its page. */
import { html } from 'hono/html';
import type { DeliveryView, JobView } from '../../../../workflows/contract/jobs/job-view.ts';
import { isUnderWay } from '../../../../workflows/contract/jobs/states.ts';
import { redeliverForm } from '../deliveries/delivery-parts.ts';
import type { Html } from '../layout.ts';
import { pill } from '../parts.ts';
import { moment } from '../format.ts';

/** Deliveries that need a person's attention. */
export function undelivered(job: JobView): Html {
  const bad = job.deliveries.filter(({ state }) => state === 'failed' || state === 'uncertain');
  if (bad.length === 0) return html`<section id="undelivered" hidden></section>`;
  return html`<section class="alert" id="undelivered" aria-labelledby="undelivered-title">
    <h2 id="undelivered-title">${title(bad)}</h2>
    <ul class="plain">
      ${bad.map((delivery) => badRow(job, delivery))}
    </ul>
    <p><a href="/deliveries?job=${job.id}">All deliveries of this job</a></p>
  </section>`;
}

function title(bad: readonly DeliveryView[]): string {
  const what = bad.length === 1 ? 'A delivery' : `${bad.length} deliveries`;
  return `${what} ${bad.every(({ state }) => state === 'failed') ? 'failed' : 'may not have arrived'}`;
}

function badRow(job: JobView, delivery: DeliveryView): Html {
  return html`<li id="undelivered-${delivery.id}-${delivery.redeliveries}">
    <p>
      ${pill(delivery.state)} <b>${addressed(delivery)}</b>: ${delivery.reason?.message ?? delivery.lastError ?? ''}
    </p>
    ${redeliverForm({ jobId: job.id, delivery })}
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

function deliveryRow(delivery: DeliveryView): Html {
  const due = isUnderWay(delivery.state) && delivery.scheduledFor !== null;
  const details = [
    delivery.attempts > 1 ? `${delivery.attempts} attempts` : '',
    delivery.redeliveries === 0 ? '' : `sent again ${delivery.redeliveries}×`,
    delivery.deliveredAt === null ? '' : `delivered ${moment(delivery.deliveredAt)}`,
    due ? `due ${moment(delivery.scheduledFor)}` : '',
  ].filter((text) => text !== '');
  const problem = delivery.reason?.message ?? delivery.lastError;
  return html`<li>
    <div class="row">
      ${pill(delivery.state)} <span>${addressed(delivery)}</span> <span class="soft">${details.join(' · ')}</span>
    </div>
    ${problem === null ? null : html`<p class="problem">${problem}</p>`}
  </li>`;
}

function addressed({ kind, target }: DeliveryView): string {
  return `${kind}${target === null ? '' : ` to ${target}`}`;
}

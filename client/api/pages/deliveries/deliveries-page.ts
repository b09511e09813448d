/** The page of all deliveries: filters, the state of each, and a button that sends one again. */
import { html } from 'hono/html';
import type { DeliveryPage } from '../../../../store/deliveries/delivery-views.ts';
import type { DeliveryLine } from '../../../../workflows/contract/jobs/job-view.ts';
import { deliveryStates } from '../../../../workflows/contract/jobs/states.ts';
import { redeliverForm } from './delivery-parts.ts';
import { page, type Html } from '../layout.ts';
import { pill } from '../parts.ts';
import { moment, humanize } from '../format.ts';

/** The filters of the address; a missing one is empty. */
export type ShownFilters = Readonly<Record<'state' | 'kind' | 'slug' | 'job' | 'to' | 'since', string>>;

export function deliveriesPage({ deliveries, next }: DeliveryPage, filters: ShownFilters): Html {
  const set = Object.entries(filters).filter(([, value]) => value !== '');
  const query = new URLSearchParams(set).toString();
  return page(
    'Lodestone: deliveries',
    html`<section class="head"><h1>Deliveries</h1></section>
      ${filterForm(filters)}
      <section class="card" id="deliveries">
        <h2>${set.length === 0 ? 'Newest deliveries' : 'Matching deliveries'}</h2>
        ${
          deliveries.length === 0
            ? html`<p class="soft">None.</p>`
            : html`<ul class="plain">
                ${deliveries.map((delivery) => row(delivery, query))}
              </ul>`
        }
        ${next === null ? null : html`<p><a href="/deliveries?${new URLSearchParams([...set, ['before', next]]).toString()}">Older</a></p>`}
      </section>`,
  );
}

function filterForm(filters: ShownFilters): Html {
  return html`<form class="card filters" method="get" action="/deliveries" aria-label="Filters">
    ${choice('state', 'State', deliveryStates, filters.state)}
    ${choice('kind', 'Kind', ['email', 'webhook'], filters.kind)} ${text('to', 'Receiver', filters.to)}
    ${text('slug', 'Lead magnet', filters.slug)} ${text('job', 'Job', filters.job)}
    <p class="field">
      <label for="since">Changed since</label>
      <input id="since" name="since" type="date" value="${filters.since.slice(0, 10)}" />
    </p>
    <p class="actions"><button type="submit">Filter</button> <a href="/deliveries">All</a></p>
  </form>`;
}

function choice(name: string, label: string, values: readonly string[], chosen: string): Html {
  return html`<p class="field">
    <label for="${name}">${label}</label>
    <select id="${name}" name="${name}">
      <option value="">any</option>
      ${values.map(
        (value) => html`<option value="${value}" ${value === chosen ? 'selected' : ''}>${humanize(value)}</option>`,
      )}
    </select>
  </p>`;
}

function text(name: string, label: string, value: string): Html {
  return html`<p class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" value="${value}" maxlength="200" autocomplete="off" />
  </p>`;
}

function row(delivery: DeliveryLine, filters: string): Html {
  const { jobId, leadMagnet, kind, target, attempts, redeliveries, changedAt } = delivery;
  const problem = delivery.reason?.message ?? delivery.lastError;
  const details = [
    `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
    redeliveries === 0 ? '' : `sent again ${redeliveries}×`,
    moment(changedAt),
  ].filter((part) => part !== '');
  return html`<li id="${jobId}-${delivery.id}">
    <div class="row">
      ${pill(delivery.state)} <span>${kind}${target === null ? '' : ` to ${target}`}</span>
      <a href="/jobs/${jobId}">${leadMagnet.name}</a> <span class="soft">${details.join(' · ')}</span>
      ${redeliverForm({ jobId, delivery, filters })}
    </div>
    ${problem === null ? null : html`<p class="problem">${problem}</p>`}
  </li>`;
}

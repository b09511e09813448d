/** The button that has a delivery sent again, for the pages that show deliveries. */
import { html } from 'hono/html';
import type { DeliveryView } from '../../../../workflows/contract/jobs/job-view.ts';
import { isUnderWay } from '../../../../workflows/contract/jobs/states.ts';
import type { Html } from '../layout.ts';

/** Nothing while it is under way, and for one of which nothing is kept to send. The number makes two clicks one. `filters` brings back to the list as it was. */
export function redeliverForm(request: {
  readonly jobId: string;
  readonly delivery: DeliveryView;
  readonly filters?: string;
}): Html {
  const { jobId, delivery, filters } = request;
  if (isUnderWay(delivery.state) || !delivery.resendable) return html``;
  const label = `${delivery.id} of job ${jobId}`;
  return html`<form method="post" action="/jobs/${jobId}/deliveries/${delivery.id}/redeliver">
    <input type="hidden" name="number" value="${delivery.redeliveries + 1}" />
    ${filters === undefined ? null : html`<input type="hidden" name="filters" value="${filters}" />`}
    <button type="submit" aria-label="Send ${label} again">Send again</button>
  </form>`;
}

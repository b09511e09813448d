/** The button that sends a delivery again, for the pages that show deliveries. */
import { html } from 'hono/html';
import type { DeliveryView } from '../../../../workflows/contract/jobs/job-view.ts';
import { isUnderWay } from '../../../../workflows/contract/jobs/states.ts';
import type { Html } from '../layout.ts';

/**
 * Empty while the delivery is under way, and when its content is no longer kept. The number makes two clicks one.
 * `filters` leads back to the same list.
 */
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

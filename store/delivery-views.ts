/** Reads deliveries as people and programs see them. */
import type { Selectable } from 'kysely';
import type { DeliveryView } from '../workflows/contract/job-view.ts';
import { DeliveryViewSchema } from '../workflows/contract/job-view.ts';
import type { Tables } from './database.ts';

export function deliveryView(row: Selectable<Tables['deliveries']>): DeliveryView {
  return DeliveryViewSchema.parse({
    id: row.delivery_id,
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    target: row.target,
    reason: row.reason === null ? null : JSON.parse(row.reason),
    lastError: row.last_error,
    redeliveries: row.number,
    scheduledFor: row.scheduled_for,
    deliveredAt: row.delivered_at,
    changedAt: row.changed_at,
  });
}

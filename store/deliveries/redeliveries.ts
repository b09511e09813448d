/**
 * Deliveries that people want sent again. Each request has a number, so that two clicks, or one request sent twice,
 * count once.
 */
import type { RedeliveryInput } from '../../workflows/contract/jobs/job.ts';
import { deliveryEnds } from '../../workflows/contract/jobs/states.ts';
import type { Database, Tables } from '../database/database.ts';
import { inTransaction, lockJob } from '../database/transactions.ts';
import type { Kysely } from 'kysely';
import { insertEvent } from '../jobs/events.ts';

export interface RedeliveryWish {
  readonly jobId: string;
  readonly deliveryId: string;
  /** The delivery's own number plus one; null takes the next. */
  readonly number: number | null;
  /** The person, as shown in the job's event. */
  readonly by: string;
  readonly at: Date;
}

/**
 * `known`: requested before. `under_way`: it is being sent. `stale`: other requests came between. `never_sent`: nothing
 * is stored. `removed`: it was.
 */
export type RedeliveryTaken =
  | { readonly as: 'taken' | 'known'; readonly redelivery: RedeliveryInput; readonly handedOver: boolean }
  | { readonly as: 'missing' | 'under_way' | 'stale' | 'never_sent' }
  | { readonly as: 'removed'; readonly afterDays: number };

export async function askAgain(
  database: Database,
  { jobId, deliveryId, number: wanted, by, at }: RedeliveryWish,
): Promise<RedeliveryTaken> {
  return inTransaction(database, lockJob(jobId), async (transaction) => {
    const row = await transaction
      .selectFrom('deliveries')
      .select(['state', 'number', 'handed_over'])
      .where('job_id', '=', jobId)
      .where('delivery_id', '=', deliveryId)
      .executeTakeFirst();
    if (row === undefined) return { as: 'missing' };
    const number = wanted ?? row.number + 1;
    const redelivery = { jobId, deliveryId, number };
    if (number > 0 && number === row.number) return { as: 'known', redelivery, handedOver: row.handed_over === 1 };
    if (number !== row.number + 1) return { as: 'stale' };
    if (!deliveryEnds.some((end) => end === row.state)) return { as: 'under_way' };
    const kept = await transaction
      .selectFrom('delivery_inputs')
      .select('job_id')
      .where('job_id', '=', jobId)
      .where('delivery_id', '=', deliveryId)
      .executeTakeFirst();
    if (kept === undefined) return notKept(transaction, jobId);
    const fresh = { state: 'waiting', number, attempts: 0, reason: null, last_error: null, scheduled_for: null };
    await transaction
      .updateTable('deliveries')
      .set({ ...fresh, handed_over: 0, changed_at: at.toISOString() })
      .where('job_id', '=', jobId)
      .where('delivery_id', '=', deliveryId)
      .execute();
    const message = `${deliveryId}: ${by} wants it sent again`;
    const data = { delivery: deliveryId, number };
    await insertEvent(transaction, { jobId, type: 'delivery.again', message, data, at: at.toISOString() });
    return { as: 'taken', redelivery, handedOver: false };
  });
}

/** Why there is nothing to send again. */
async function notKept(database: Kysely<Tables>, jobId: string): Promise<RedeliveryTaken> {
  const job = await database
    .selectFrom('jobs')
    .select('files_removed_after_days')
    .where('id', '=', jobId)
    .executeTakeFirst();
  const afterDays = job?.files_removed_after_days ?? null;
  return afterDays === null ? { as: 'never_sent' } : { as: 'removed', afterDays };
}

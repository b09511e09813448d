/**
 * The state of each delivery, recorded as it changes. The number fences: an earlier sending can no longer change
 * anything; within one sending, the attempt fences.
 */
import type { Kysely, UpdateQueryBuilder, UpdateResult } from 'kysely';
import { readDeliveryInput } from '../../workflows/contract/deliveries/delivery-input.ts';
import type { Reason } from '../../workflows/contract/failures.ts';
import type { DeliveryActivityInput, RedeliveryInput } from '../../workflows/contract/jobs/job.ts';
import { deliveryEnds, type DeliveryState } from '../../workflows/contract/jobs/states.ts';
import type { Database, Tables } from '../database/database.ts';
import { askAgain, type RedeliveryTaken, type RedeliveryWish } from './redeliveries.ts';
import { reasonText } from '../database/reason-columns.ts';
import type { StepEvent } from '../jobs/step-changes.ts';
import { changeWithEvent } from '../jobs/recorded-change.ts';

export interface DeliveryChange {
  readonly jobId: string;
  readonly deliveryId: string;
  /** 0 for the job's own sending; each repetition that a person requests adds one. */
  readonly number: number;
  readonly state: DeliveryState;
  readonly attempts?: number;
  readonly target?: string;
  readonly reason?: Reason | null;
  /** The error of the newest attempt, or of some of a mail's receivers. */
  readonly lastError?: string | null;
  readonly scheduledFor?: string;
  readonly at: string;
}

export interface Deliveries {
  change(change: DeliveryChange, event?: StepEvent): Promise<void>;
  /** Stores what a delivery is sent with, for a later repetition; the first value is kept. */
  keepInput(input: DeliveryActivityInput): Promise<void>;
  /** What a delivery was sent with; null when it never got that far. */
  input(jobId: string, deliveryId: string): Promise<DeliveryActivityInput | null>;
  /** Records that a person wants it sent again; see `redeliveries.ts`. */
  askAgain(wish: RedeliveryWish): Promise<RedeliveryTaken>;
  /** Records that Temporal has the redelivery. */
  handedOver(redelivery: RedeliveryInput): Promise<void>;
}

export function createDeliveries(database: Database): Deliveries {
  return {
    change: (change, event) =>
      changeWithEvent(database, change.jobId, event, new Date(change.at), (transaction) =>
        changing(transaction, change),
      ),
    async keepInput(input) {
      await database
        .insertInto('delivery_inputs')
        .values({
          job_id: input.job.id,
          delivery_id: input.deliveryId,
          input: JSON.stringify({ ...input, transitions: [] }),
        })
        .onConflict((conflict) => conflict.columns(['job_id', 'delivery_id']).doNothing())
        .execute();
    },
    async input(jobId, deliveryId) {
      const row = await database
        .selectFrom('delivery_inputs')
        .select('input')
        .where('job_id', '=', jobId)
        .where('delivery_id', '=', deliveryId)
        .executeTakeFirst();
      return row === undefined ? null : readDeliveryInput(row.input);
    },
    askAgain: (wish) => askAgain(database, wish),
    async handedOver({ jobId, deliveryId, number }) {
      await database
        .updateTable('deliveries')
        .set({ handed_over: 1 })
        .where('job_id', '=', jobId)
        .where('delivery_id', '=', deliveryId)
        .where('number', '=', number)
        .execute();
    },
  };
}

function changing(
  transaction: Kysely<Tables>,
  change: DeliveryChange,
): UpdateQueryBuilder<Tables, 'deliveries', 'deliveries', UpdateResult> {
  const update = transaction
    .updateTable('deliveries')
    .set({
      state: change.state,
      changed_at: change.at,
      ...(change.attempts === undefined ? {} : { attempts: change.attempts }),
      ...(change.target === undefined ? {} : { target: change.target }),
      ...(change.reason === undefined ? {} : { reason: reasonText(change.reason) }),
      ...(change.lastError === undefined ? {} : { last_error: change.lastError }),
      ...(change.scheduledFor === undefined ? {} : { scheduled_for: change.scheduledFor }),
      ...(change.state === 'delivered' ? { delivered_at: change.at } : {}),
    })
    .where('job_id', '=', change.jobId)
    .where('delivery_id', '=', change.deliveryId)
    .where('number', '=', change.number)
    .where('state', '!=', 'delivered');
  // An arrival is true whichever attempt reports it.
  if (change.state === 'delivered') return update;
  const { reason, attempts } = change;
  const newest = attempts === undefined ? update : update.where('attempts', '<=', attempts);
  // An attempt that was taken for dead but still lives cannot undo the delivery's end.
  if (reason === undefined) return newest.where('state', 'not in', deliveryEnds);
  // The workflow's record of the end, which may be repeated.
  return newest.where((row) =>
    row.or([row('state', '!=', change.state), row('reason', 'is distinct from', reasonText(reason))]),
  );
}

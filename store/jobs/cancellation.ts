/**
 * Ends a job as cancelled without its workflow: one that has not begun, or one that Temporal has lost. The row's state
 * decides between this and the workflow's first record: whichever transaction comes first wins, and the other changes
 * nothing. So a job that is cancelled here never runs a step, even if its workflow is being started at this moment.
 */
import type { Transaction } from 'kysely';
import { z } from 'zod';
import { reasonTypes, type Reason } from '../../workflows/contract/failures.ts';
import type { JobEnd } from '../../workflows/contract/jobs/job.ts';
import { deliveryEnds, jobOutcomes, stepEnds, type JobState } from '../../workflows/contract/jobs/states.ts';
import type { Database, Tables } from '../database/database.ts';
import { reasonText } from '../database/reason-columns.ts';
import { inTransaction, lockJob } from '../database/transactions.ts';
import { createDeliveries } from '../deliveries/deliveries.ts';
import { insertEvents } from './events.ts';
import { recordStepTransition } from './step-changes.ts';

export interface Cancellation {
  /** The states in which the job may be. In any other nothing changes. */
  readonly from: readonly JobState[];
  readonly message: string;
  readonly now: Date;
}

const requested = { type: 'job.cancel_requested', message: 'asked to stop' };

/** Ends the job, its steps and its deliveries, with their events, in one transaction. False when nothing changed. */
export async function cancelInStore(
  database: Database,
  jobId: string,
  { from, message, now }: Cancellation,
): Promise<boolean> {
  const at = now.toISOString();
  const reason: Reason = { type: 'cancelled', message };
  return inTransaction(database, lockJob(jobId), async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('jobs')
      .set({ state: 'ended', outcome: 'cancelled', reason: reasonText(reason), ended_at: at })
      .where('id', '=', jobId)
      .where('state', 'in', from)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return false;
    await insertEvents(transaction, [{ ...requested, jobId, at }]);
    await cancelSteps(transaction, jobId, reason, at);
    await endDeliveries(transaction, jobId, reason, at);
    await insertEvents(transaction, [{ jobId, type: 'job.ended', message: `cancelled: ${message}`, at }]);
    return true;
  });
}

async function cancelSteps(transaction: Transaction<Tables>, jobId: string, reason: Reason, at: string): Promise<void> {
  const steps = await transaction
    .selectFrom('steps')
    .select(['step_id', 'generation', 'sequence'])
    .where('job_id', '=', jobId)
    .where('state', 'not in', stepEnds)
    .orderBy('position')
    .execute();
  for (const { step_id: stepId, generation, sequence } of steps) {
    const transition = { stepId, generation, sequence: sequence + 1, state: 'cancelled' as const, reason, at };
    await recordStepTransition(transaction, jobId, transition);
  }
}

async function endDeliveries(
  transaction: Transaction<Tables>,
  jobId: string,
  reason: Reason,
  at: string,
): Promise<void> {
  const open = await transaction
    .selectFrom('deliveries')
    .select(['delivery_id', 'number', 'state'])
    .where('job_id', '=', jobId)
    .where('state', 'not in', deliveryEnds)
    .orderBy('position')
    .execute();
  const deliveries = createDeliveries(transaction);
  for (const { delivery_id: deliveryId, number, state: before } of open) {
    const end = before === 'sending' || before === 'retrying' ? uncertain : { state: 'skipped' as const, reason };
    const event = { type: `delivery.${end.state}`, message: `${deliveryId}: ${end.state}: ${end.reason.message}` };
    await deliveries.change({ jobId, deliveryId, number, ...end, at }, { ...event, data: { delivery: deliveryId } });
  }
}

/** The workflow was lost while it sent the message. */
const uncertain = {
  state: 'uncertain',
  reason: { type: 'effect_uncertain', message: 'the job was lost while it was sent; it may have arrived' },
} as const;

/** Records that a running job was asked to stop. No event follows the one that reports the job's end. */
export async function recordCancelRequest(database: Database, jobId: string): Promise<void> {
  await inTransaction(database, lockJob(jobId), async (transaction) => {
    const job = await transaction.selectFrom('jobs').select('state').where('id', '=', jobId).executeTakeFirst();
    if (job !== undefined && job.state !== 'ended') await insertEvents(transaction, [{ ...requested, jobId }]);
  });
}

/** How the job has ended; undefined while it has not. */
export async function endOf(transaction: Transaction<Tables>, jobId: string): Promise<JobEnd | undefined> {
  const row = await transaction
    .selectFrom('jobs')
    .select(['outcome', 'reason'])
    .where('id', '=', jobId)
    .where('state', '=', 'ended')
    .executeTakeFirst();
  return row === undefined ? undefined : JobEndSchema.parse({ ...row, reason: JSON.parse(row.reason ?? 'null') });
}

const JobEndSchema = z.object({
  outcome: z.enum(jobOutcomes),
  reason: z.object({ type: z.enum(reasonTypes), message: z.string() }).nullable(),
});

/**
 * The job projection: the current state of each job, step and delivery. The API (on acceptance) and activities write
 * it; a job ends once, and superseded attempts change nothing.
 */
import type { Insertable, Kysely } from 'kysely';
import type { Reason } from '../../workflows/contract/failures.ts';
import type { JobEnd, LeadMagnetJobInput, StepTransition } from '../../workflows/contract/jobs/job.ts';
import { builtInVersion } from '../../workflows/contract/limits/limits-version.ts';
import { deliveryId } from '../../workflows/contract/names.ts';
import type { JobOutcome } from '../../workflows/contract/jobs/states.ts';
import type { Database, Tables } from '../database/database.ts';
import { reasonText } from '../database/reason-columns.ts';
import { inTransaction, noLock } from '../database/transactions.ts';
import { cancelInStore, endOf, recordCancelRequest, type Cancellation } from './cancellation.ts';
import { insertEvents } from './events.ts';
import { changeStep, recordStepTransition, type StepChange, type StepEvent } from './step-changes.ts';
import { changeWithEvent } from './recorded-change.ts';

/** The result of `accept`: `conflict` is the same id with another input, as when a key is used for two submissions. */
export type Acceptance = 'created' | 'exists' | 'conflict';

export interface Jobs {
  accept(jobId: string, input: LeadMagnetJobInput, inputHash: string): Promise<Acceptance>;
  /** Records that Temporal has the job: from then on it starts as soon as there is a worker. */
  handedOver(jobId: string): Promise<void>;
  /**
   * Creates the projection of a job (again, in a retry) and marks it as running. Returns how the job had ended if it has
   * ended already.
   */
  open(jobId: string, input: LeadMagnetJobInput, now: Date, event?: StepEvent): Promise<JobEnd | undefined>;
  /** An activity's change of its step; false when the activity has been superseded. See `step-changes.ts`. */
  changeStep(change: StepChange, ...events: readonly StepEvent[]): Promise<boolean>;
  /** A transition that the workflow decided; it is recorded with an event unless the store has it already. */
  recordStepTransition(jobId: string, transition: StepTransition): Promise<void>;
  decide(jobId: string, outcome: JobOutcome, reason: Reason | null): Promise<void>;
  /** Ends the job. Whoever sees it ended sees all its events, including this one. */
  close(jobId: string, outcome: JobOutcome, reason: Reason | null, now: Date, event?: StepEvent): Promise<void>;
  /** Ends a job without its workflow; see `cancellation.ts`. False when it was in none of the states. */
  cancel(jobId: string, cancellation: Cancellation): Promise<boolean>;
  /** Records that Temporal was asked to cancel the job, unless the job has ended since. */
  recordCancelRequest(jobId: string): Promise<void>;
}

export function createJobs(database: Database): Jobs {
  const accept = (jobId: string, input: LeadMagnetJobInput, inputHash: string): Promise<boolean> =>
    inTransaction(database, noLock, async (transaction) => {
      const inserted = await transaction
        .insertInto('jobs')
        .values(columnsOf(jobId, input, inputHash))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirst();
      if (Number(inserted.numInsertedOrUpdatedRows ?? 0) === 0) return false;
      await insertParts(transaction, jobId, input);
      return true;
    });

  return {
    async accept(jobId, input, inputHash) {
      if (await accept(jobId, input, inputHash)) return 'created';
      const row = await database.selectFrom('jobs').select('input_hash').where('id', '=', jobId).executeTakeFirst();
      return row?.input_hash === inputHash ? 'exists' : 'conflict';
    },
    async handedOver(jobId) {
      await database.updateTable('jobs').set({ handed_over: 1 }).where('id', '=', jobId).execute();
    },
    open: (jobId, input, now, event) =>
      inTransaction(database, noLock, async (transaction) => {
        const running = { state: 'running', started_at: now.toISOString() };
        const row = await transaction
          .insertInto('jobs')
          .values({ ...columnsOf(jobId, input, ''), ...running })
          .onConflict((conflict) =>
            conflict
              .column('id')
              .doUpdateSet((jobs) => ({ ...running, version: jobs('jobs.version', '+', 1) }))
              .where('jobs.state', '=', 'accepted'),
          )
          .returning('version')
          .executeTakeFirst();
        if (row === undefined) return endOf(transaction, jobId);
        if (row.version === firstVersion) await insertParts(transaction, jobId, input);
        if (event !== undefined) await insertEvents(transaction, [{ ...event, jobId, at: running.started_at }]);
        return undefined;
      }),
    changeStep: (change, ...events) => changeStep(database, change, events),
    recordStepTransition: (jobId, transition) => recordStepTransition(database, jobId, transition),
    decide: (jobId, outcome, reason) =>
      changeWithEvent(database, jobId, undefined, new Date(), (transaction) =>
        transaction
          .updateTable('jobs')
          .set({ state: 'delivering', outcome, reason: reasonText(reason) })
          .where('id', '=', jobId)
          .where('state', '=', 'running'),
      ),
    close: (jobId, outcome, reason, now, event) =>
      changeWithEvent(database, jobId, event, now, (transaction) =>
        transaction
          .updateTable('jobs')
          .set({ state: 'ended', outcome, reason: reasonText(reason), ended_at: now.toISOString() })
          .where('id', '=', jobId)
          .where('state', '!=', 'ended'),
      ),
    cancel: (jobId, cancellation) => cancelInStore(database, jobId, cancellation),
    recordCancelRequest: (jobId) => recordCancelRequest(database, jobId),
  };
}

/** The version of a row that was just inserted; every change increases it. */
const firstVersion = 1;

function columnsOf(jobId: string, input: LeadMagnetJobInput, inputHash: string): Insertable<Tables['jobs']> {
  return {
    id: jobId,
    slug: input.definition.slug,
    name: input.definition.name,
    lead_magnet_version: input.version,
    state: 'accepted',
    outcome: null,
    reason: null,
    input: JSON.stringify(input),
    input_hash: inputHash,
    handed_over: 0,
    submitted_at: input.submittedAt,
    started_at: null,
    ended_at: null,
    limits_version: input.limits?.version ?? builtInVersion,
    files_removed_after_days: null,
    version: firstVersion,
  };
}

async function insertParts(database: Kysely<Tables>, jobId: string, input: LeadMagnetJobInput): Promise<void> {
  const steps = input.definition.steps.map((step, position) => ({
    job_id: jobId,
    step_id: step.id,
    position,
    title: step.title ?? step.id,
    kind: step.kind,
    needs: JSON.stringify(step.needs),
    generation: 1,
    sequence: 0,
    state: 'waiting',
    reason: null,
    attempts: 0,
    iterations: 0,
    recovery_level: null,
    started_at: null,
    ended_at: null,
    screenshot: null,
    note: null,
  }));
  await database.insertInto('steps').values(steps).execute();
  const deliveries = input.definition.deliver.map((delivery, position) => ({
    job_id: jobId,
    delivery_id: deliveryId(delivery, position),
    position,
    kind: delivery.kind,
    state: 'waiting',
    attempts: 0,
    target: null,
    reason: null,
    scheduled_for: null,
    delivered_at: null,
    number: 0,
    handed_over: 1,
    last_error: null,
    changed_at: input.submittedAt,
  }));
  if (deliveries.length > 0) await database.insertInto('deliveries').values(deliveries).execute();
}

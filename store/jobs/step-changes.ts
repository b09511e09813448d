/**
 * What becomes of a step, as the store has it. An activity writes while it works; the workflow's word, which rides along
 * with a later activity, comes after and wins. Both are fenced in the statement that writes: a generation, an activity
 * or an attempt that was left behind changes nothing, however long it lives.
 */
import type { ExpressionBuilder, Kysely } from 'kysely';
import type { Reason } from '../../workflows/contract/failures.ts';
import type { RecoveryLevel, StepTransition } from '../../workflows/contract/jobs/job.ts';
import { isStepEnd, stepEnds, type StepState } from '../../workflows/contract/jobs/states.ts';
import { closeApprovals } from '../computer-use/approval-ends.ts';
import { closeControl } from '../computer-use/control-ends.ts';
import type { Tables } from '../database/database.ts';
import { inTransaction, lockJob } from '../database/transactions.ts';
import { insertEvent, type NewEvent } from './events.ts';

/** A change that an attempt of a step's activity makes. */
export interface StepChange {
  readonly jobId: string;
  readonly stepId: string;
  readonly generation: number;
  /** The workflow's count at the start of the activity. */
  readonly sequence: number;
  readonly attempt: number;
  readonly state?: StepState;
  readonly reason?: Reason | null;
  readonly iterations?: number;
  readonly recoveryLevel?: RecoveryLevel | null;
  readonly screenshot?: string;
  readonly note?: string | null;
  /** ISO 8601; when the change happened. */
  readonly at: string;
}

/** Said of the step in the same transaction, if the change is made. */
export type StepEvent = Pick<NewEvent, 'type' | 'message' | 'data'>;

type Steps = ExpressionBuilder<Tables, 'steps'>;

/** Makes a change and tells it. False when it comes from something left behind, or after its own end. */
export async function changeStep(
  database: Kysely<Tables>,
  change: StepChange,
  event: StepEvent | undefined,
): Promise<boolean> {
  const {
    jobId,
    stepId,
    generation,
    sequence,
    attempt,
    state,
    reason,
    iterations,
    recoveryLevel,
    screenshot,
    note,
    at,
  } = change;
  return inTransaction(database, lockJob(jobId), async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('steps')
      .set((steps) => ({
        generation,
        sequence,
        attempts: attempt,
        ...(state === 'running' ? begun(steps, generation, at) : {}),
        ...(state !== undefined && isStepEnd(state) ? { ended_at: at } : {}),
        ...(state === undefined ? {} : { state }),
        ...(reason === undefined ? {} : { reason: reasonText(reason) }),
        ...(iterations === undefined ? {} : { iterations }),
        ...(recoveryLevel === undefined ? {} : { recovery_level: recoveryLevel }),
        ...(screenshot === undefined ? {} : { screenshot }),
        ...(note === undefined ? {} : { note }),
      }))
      .where('job_id', '=', jobId)
      .where('step_id', '=', stepId)
      .where((steps) => isCurrent(steps, change))
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return false;
    if (state !== undefined && isStepEnd(state)) {
      await closeApprovals(transaction, { jobId, stepId, reason: reason ?? null, at });
      await closeControl(transaction, { jobId, stepId });
    }
    if (event !== undefined) await insertEvent(transaction, { ...event, jobId, stepId, at });
    await grow(transaction, jobId);
    return true;
  });
}

/** Writes the workflow's word, whatever an activity wrote before it. A word that was written already changes nothing. */
export async function recordStepTransition(
  database: Kysely<Tables>,
  jobId: string,
  transition: StepTransition,
): Promise<void> {
  const { stepId, generation, sequence, state, at } = transition;
  const reason = reasonText(transition.reason);
  const why = transition.reason === null ? '' : `: ${transition.reason.message}`;
  await inTransaction(database, lockJob(jobId), async (transaction) => {
    const newer = transaction
      .updateTable('steps')
      .where('job_id', '=', jobId)
      .where('step_id', '=', stepId)
      .where('generation', '<=', generation)
      .where('sequence', '<', sequence);
    // An activity that wrote the same is confirmed: nothing has happened that is worth an event.
    const confirmed = await newer
      .set({ sequence })
      .where('generation', '=', generation)
      .where('state', '=', state)
      .where('reason', 'is not distinct from', reason)
      .executeTakeFirstOrThrow();
    if (confirmed.numUpdatedRows > 0n) return;
    const { numUpdatedRows } = await newer
      .set({ generation, sequence, state, reason, note: null, ended_at: isStepEnd(state) ? at : null })
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return;
    if (isStepEnd(state)) {
      await closeApprovals(transaction, { jobId, stepId, reason: transition.reason, at });
      await closeControl(transaction, { jobId, stepId });
    }
    await insertEvent(transaction, { jobId, stepId, type: `step.${state}`, message: `${state}${why}`, at });
    await grow(transaction, jobId);
  });
}

/** An attempt may write after all that came before it, and until its own end. */
function isCurrent(steps: Steps, { generation, sequence, attempt }: StepChange) {
  return steps.or([
    steps('generation', '<', generation),
    steps.and([steps('generation', '=', generation), steps('sequence', '<', sequence)]),
    steps.and([
      steps('generation', '=', generation),
      steps('sequence', '=', sequence),
      steps.or([
        steps('attempts', '<', attempt),
        steps.and([steps('attempts', '=', attempt), steps('state', 'not in', [...stepEnds])]),
      ]),
    ]),
  ]);
}

/** A step that runs has no end; it began when its first attempt did, unless it is run anew. */
function begun(steps: Steps, generation: number, at: string) {
  const began = steps.case().when('generation', '<', generation).then(at);
  return { started_at: began.else(steps.fn.coalesce('started_at', steps.val(at))).end(), ended_at: null, reason: null };
}

/** Counts a job's version up, by which those who watch it see that something changed. */
export async function grow(database: Kysely<Tables>, jobId: string): Promise<void> {
  await database
    .updateTable('jobs')
    .set((expression) => ({ version: expression('version', '+', 1) }))
    .where('id', '=', jobId)
    .execute();
}

export function reasonText(reason: Reason | null): string | null {
  return reason === null ? null : JSON.stringify(reason);
}

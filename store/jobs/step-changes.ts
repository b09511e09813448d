/**
 * The state of a step in the store. An activity writes while it works; the workflow's transition, which a later
 * activity carries, comes after and overrides it. Both are fenced in their statement: a superseded generation, activity
 * or attempt changes nothing, however long it lives.
 */
import { sql, type ExpressionBuilder, type Kysely } from 'kysely';
import type { Reason } from '../../workflows/contract/failures.ts';
import type { RecoveryLevel, StepTransition } from '../../workflows/contract/jobs/job.ts';
import { isStepEnd, stepEnds, type StepState } from '../../workflows/contract/jobs/states.ts';
import type { Step } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import type { RunMeasures } from '../../workflows/contract/runs/run.ts';
import { closeApprovals } from '../computer-use/approval-ends.ts';
import { closeControl } from '../computer-use/control-ends.ts';
import type { Database, Tables } from '../database/database.ts';
import { reasonText } from '../database/reason-columns.ts';
import { inTransaction, lockJob } from '../database/transactions.ts';
import { fromStart, runOfTransition, type MeasuredRun } from '../runs/step-run.ts';
import { insertEvents, type NewEvent } from './events.ts';

/** A change that an attempt of a step's activity makes. */
export interface StepChange {
  readonly jobId: string;
  readonly stepId: string;
  readonly generation: number;
  /** The workflow's counter at the start of the activity. */
  readonly sequence: number;
  readonly attempt: number;
  readonly state?: StepState;
  readonly reason?: Reason | null;
  readonly iterations?: number;
  readonly recoveryLevel?: RecoveryLevel | null;
  readonly screenshot?: string;
  readonly note?: string | null;
  /** Of an attempt that has failed: part of the step's run, should the workflow end the step. */
  readonly failedMeasures?: RunMeasures;
  /** The step's run, when this change ends it. */
  readonly run?: MeasuredRun;
  /** ISO 8601; when the attempt began, if that is recorded with this change and not before it. */
  readonly began?: string;
  /** ISO 8601; when the change happened. */
  readonly at: string;
}

/**
 * The step's event, recorded in the same transaction if the change is made; at the time of the change unless it has its
 * own.
 */
export type StepEvent = Pick<NewEvent, 'type' | 'message' | 'data' | 'at'>;

type Steps = ExpressionBuilder<Tables, 'steps'>;

/**
 * Makes a change and records its event. False when it comes from a superseded attempt, or after the attempt's own end.
 */
export async function changeStep(
  database: Database,
  change: StepChange,
  events: readonly StepEvent[],
): Promise<boolean> {
  const { jobId, stepId, state, reason = null, at } = change;
  return inTransaction(database, lockJob(jobId), async (transaction) => {
    const row = await transaction
      .updateTable('steps')
      .set((steps) => columnsOf(steps, change))
      .where('job_id', '=', jobId)
      .where('step_id', '=', stepId)
      .where((steps) => isCurrent(steps, change))
      .returning(['kind', 'started_at'])
      .executeTakeFirst();
    if (row === undefined) return false;
    const ended = state !== undefined && isStepEnd(state);
    const closed = ended ? await closePeople(transaction, { jobId, stepId, reason, at, kind: row.kind }) : [];
    const told = [...closed, ...events.map((event) => ({ at, ...event, jobId, stepId }))];
    const run = change.run === undefined ? null : fromStart(change.run, row.started_at);
    if (told.length === 0) await grow(transaction, jobId);
    else await insertEvents(transaction, told, run);
    return true;
  });
}

function columnsOf(steps: Steps, change: StepChange) {
  const { generation, sequence, attempt, state, reason, iterations, recoveryLevel, screenshot, note, at } = change;
  const { failedMeasures } = change;
  const began = change.began ?? (state === 'running' ? at : undefined);
  return {
    generation,
    sequence,
    attempts: attempt,
    ...(began === undefined ? {} : begun(steps, generation, began)),
    ...(state !== undefined && isStepEnd(state) ? { ended_at: at } : {}),
    ...(state === undefined ? {} : { state }),
    ...(reason === undefined ? {} : { reason: reasonText(reason) }),
    ...(iterations === undefined ? {} : { iterations }),
    ...(recoveryLevel === undefined ? {} : { recovery_level: recoveryLevel }),
    ...(screenshot === undefined ? {} : { screenshot }),
    ...(note === undefined ? {} : { note }),
    ...(failedMeasures === undefined ? {} : { failed_measures: JSON.stringify(failedMeasures) }),
  };
}

/**
 * Closes the open questions of a step that has ended; only steps with a browser have any. Returns the events to record.
 */
async function closePeople(
  transaction: Kysely<Tables>,
  { kind, ...step }: Parameters<typeof closeApprovals>[1] & { readonly kind: string },
): Promise<readonly NewEvent[]> {
  if (kind !== browserKind) return [];
  const events = await closeApprovals(transaction, step);
  await closeControl(transaction, step);
  return events;
}

const browserKind = 'computer_use' satisfies Step['kind'];

/** Records the workflow's transition, whatever an activity wrote before it. A repeated transition changes nothing. */
export async function recordStepTransition(
  database: Database,
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
    // The activity wrote the same: the transition confirms it, without an event.
    const confirmed = await newer
      .set({ sequence })
      .where('generation', '=', generation)
      .where('state', '=', state)
      .where('reason', 'is not distinct from', reason)
      .executeTakeFirstOrThrow();
    if (confirmed.numUpdatedRows > 0n) return;
    const row = await newer
      .set({ generation, sequence, state, reason, note: null, ended_at: isStepEnd(state) ? at : null })
      .returning((steps) => endedColumns(steps, generation))
      .executeTakeFirst();
    if (row === undefined) return;
    const step = { jobId, stepId, reason: transition.reason, at, kind: row.kind };
    const closed = isStepEnd(state) ? await closePeople(transaction, step) : [];
    const event = { jobId, stepId, type: `step.${state}`, message: `${state}${why}`, at };
    await insertEvents(transaction, [...closed, event], runOfTransition(jobId, transition, row));
  });
}

/** What the run of a step needs to know that the workflow has ended: of its row, its job and its calls. */
function endedColumns(steps: Steps, generation: number) {
  const prefix = sql<string>`${steps.ref('steps.job_id')} || '/' || ${steps.ref('steps.step_id')} || ${`/${generation}/`}`;
  const ofCalls = (column: 'cost_usd' | 'input_tokens' | 'output_tokens') =>
    steps
      .selectFrom('model_calls')
      .select(({ fn }) => fn.sum<number | null>(column).as('total'))
      .whereRef('model_calls.job_id', '=', 'steps.job_id')
      .where('call_key', '>=', prefix)
      .where('call_key', '<', sql<string>`${prefix} || ${'\u{10FFFF}'}`)
      .as(column);
  const ofJob = <Column extends 'slug' | 'limits_version'>(column: Column) =>
    steps.selectFrom('jobs').select(column).whereRef('jobs.id', '=', 'steps.job_id').as(column);
  return [
    'kind',
    'started_at',
    'attempts',
    'iterations',
    'failed_measures',
    ofJob('slug'),
    ofJob('limits_version'),
    ofCalls('cost_usd'),
    ofCalls('input_tokens'),
    ofCalls('output_tokens'),
  ] as const;
}

/** An attempt may write after everything that came before it, and until its own end. */
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

/** A running step has no end; it started with its first attempt, unless it is run anew. */
function begun(steps: Steps, generation: number, at: string) {
  const began = steps.case().when('generation', '<', generation).then(at);
  return {
    started_at: began.else(steps.fn.coalesce('started_at', steps.val(at))).end(),
    ended_at: null,
    reason: null,
    failed_measures: null,
  };
}

/** Increases a job's version after a change without an event; events count by themselves. See `job-views.ts`. */
export async function grow(database: Kysely<Tables>, jobId: string): Promise<void> {
  await database
    .updateTable('jobs')
    .set((expression) => ({ version: expression('version', '+', 1) }))
    .where('id', '=', jobId)
    .execute();
}

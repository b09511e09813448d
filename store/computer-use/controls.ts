/**
 * Who controls a run's browser: the model, or a person who took over. A person's actions wait here until the loop has
 * performed them, each recorded before and after; typed text is deleted as soon as its action is begun.
 */
import type { Kysely, Selectable, Updateable } from 'kysely';
import {
  ControlSchema,
  describePersonAction,
  PersonActionSchema,
  type Control,
  type PersonAction,
} from '../../workflows/contract/computer-use/control.ts';
import { dropWaiting } from './control-ends.ts';
import type { Database, Tables } from '../database/database.ts';
import { inTransaction, lockJob } from '../database/transactions.ts';
import { insertEvent } from '../jobs/events.ts';

export interface RunPlace {
  readonly jobId: string;
  readonly stepId: string;
}

export interface WaitingAction {
  readonly sequence: number;
  readonly action: PersonAction;
}

export type ControlScreen = NonNullable<Control['screen']>;

export interface Controls {
  find(place: RunPlace): Promise<Control | null>;
  /** Requests the browser. False when it was requested already. */
  ask(place: RunPlace, by: string, now: Date): Promise<boolean>;
  /** Gives the browser to the person who requested it. */
  hold(place: RunPlace, now: Date): Promise<void>;
  /** Returns the browser to the model. False when nobody had it. */
  giveBack(place: RunPlace, note: string | null, now: Date): Promise<boolean>;
  /** Records that the person is still there. */
  seen(place: RunPlace, now: Date): Promise<void>;
  /** When the person was last heard from, in milliseconds since the epoch. */
  lastSeen(place: RunPlace): Promise<number>;
  show(place: RunPlace, screen: ControlScreen): Promise<void>;
  /** Adds an action of the person; false when the person does not have control. */
  act(place: RunPlace, action: PersonAction, now: Date): Promise<boolean>;
  /** The oldest waiting action. From here on it counts as `uncertain`, and only its description is kept. */
  begin(place: RunPlace): Promise<WaitingAction | null>;
  settle(sequence: number, outcome: 'done' | 'problem', problem: string | null): Promise<void>;
}

export function createControls(database: Database): Controls {
  const controlOf = ({ jobId, stepId }: RunPlace) =>
    database.selectFrom('controls').selectAll().where('job_id', '=', jobId).where('step_id', '=', stepId);
  return {
    async find(place) {
      const row = await controlOf(place).executeTakeFirst();
      return row === undefined ? null : controlFrom(row, await actionsUnder(database, row));
    },
    async ask(place, by, now) {
      const at = now.toISOString();
      return inTransaction(database, lockJob(place.jobId), async (transaction) => {
        const after = await newestAction(transaction, place);
        const row = { state: 'asked', asked_by: by, asked_at: at, seen_at: at, note: null, screen: null, after };
        const { numInsertedOrUpdatedRows = 0n } = await transaction
          .insertInto('controls')
          .values({ ...row, job_id: place.jobId, step_id: place.stepId })
          .onConflict((conflict) =>
            conflict.columns(['job_id', 'step_id']).doUpdateSet(row).where('controls.state', '=', 'returned'),
          )
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows === 0n) return false;
        await dropWaiting(transaction, place);
        await insertEvent(transaction, { ...place, type: 'control.asked', message: `${by} asks for the browser`, at });
        return true;
      });
    },
    async hold(place, now) {
      const message = 'a person has the browser; the model waits';
      await change(database, place, ['asked'], { state: 'held' }, { type: 'control.taken', message }, now);
    },
    async giveBack(place, note, now) {
      const message = `the browser was handed back to the model${note === null ? '' : `: ${note}`}`;
      const event = { type: 'control.returned', message };
      return change(database, place, ['asked', 'held'], { state: 'returned', note }, event, now);
    },
    async seen({ jobId, stepId }, now) {
      await database
        .updateTable('controls')
        .set({ seen_at: now.toISOString() })
        .where('job_id', '=', jobId)
        .where('step_id', '=', stepId)
        .execute();
    },
    async lastSeen(place) {
      const row = await controlOf(place).executeTakeFirst();
      return row === undefined ? 0 : Date.parse(row.seen_at);
    },
    async show({ jobId, stepId }, screen) {
      await database
        .updateTable('controls')
        .set({ screen: JSON.stringify(screen) })
        .where('job_id', '=', jobId)
        .where('step_id', '=', stepId)
        .execute();
    },
    async act(place, action, now) {
      const { jobId: job_id, stepId: step_id } = place;
      return inTransaction(database, lockJob(place.jobId), async (transaction) => {
        const held = await transaction
          .updateTable('controls')
          .set({ seen_at: now.toISOString() })
          .where('job_id', '=', job_id)
          .where('step_id', '=', step_id)
          .where('state', '=', 'held')
          .executeTakeFirstOrThrow();
        if (held.numUpdatedRows === 0n) return false;
        const described = describePersonAction(action);
        const row = { action: JSON.stringify(action), described, outcome: 'waiting', problem: null };
        await transaction
          .insertInto('person_actions')
          .values({ ...row, job_id, step_id, at: now.toISOString() })
          .execute();
        return true;
      });
    },
    async begin({ jobId, stepId }) {
      return inTransaction(database, lockJob(jobId), async (transaction) => {
        const row = await transaction
          .selectFrom('person_actions')
          .select(['sequence', 'action'])
          .where('job_id', '=', jobId)
          .where('step_id', '=', stepId)
          .where('outcome', '=', 'waiting')
          .orderBy('sequence')
          .executeTakeFirst();
        if (row === undefined || row.action === null) return null;
        await transaction
          .updateTable('person_actions')
          .set({ outcome: 'uncertain', action: null })
          .where('sequence', '=', row.sequence)
          .execute();
        return { sequence: row.sequence, action: PersonActionSchema.parse(JSON.parse(row.action)) };
      });
    },
    async settle(sequence, outcome, problem) {
      await database.updateTable('person_actions').set({ outcome, problem }).where('sequence', '=', sequence).execute();
    },
  };
}

/** Changes a control that is in one of the given states, and records an event. */
async function change(
  database: Database,
  place: RunPlace,
  from: readonly string[],
  changes: Omit<Updateable<Tables['controls']>, 'seen_at'>,
  event: { readonly type: string; readonly message: string },
  now: Date,
): Promise<boolean> {
  return inTransaction(database, lockJob(place.jobId), async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('controls')
      .set({ ...changes, seen_at: now.toISOString() })
      .where('job_id', '=', place.jobId)
      .where('step_id', '=', place.stepId)
      .where('state', 'in', from)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return false;
    await insertEvent(transaction, { ...place, ...event, at: now.toISOString() });
    return true;
  });
}

async function newestAction(database: Kysely<Tables>, { jobId, stepId }: RunPlace): Promise<number> {
  const row = await database
    .selectFrom('person_actions')
    .select(({ fn }) => fn.max<number | null>('sequence').as('newest'))
    .where('job_id', '=', jobId)
    .where('step_id', '=', stepId)
    .executeTakeFirst();
  return row?.newest ?? 0;
}

async function actionsUnder(database: Database, control: Selectable<Tables['controls']>) {
  return database
    .selectFrom('person_actions')
    .select(['sequence', 'described', 'outcome', 'problem'])
    .where('job_id', '=', control.job_id)
    .where('step_id', '=', control.step_id)
    .where('sequence', '>', control.after)
    .orderBy('sequence')
    .execute();
}

function controlFrom(row: Selectable<Tables['controls']>, actions: readonly unknown[]): Control {
  return ControlSchema.parse({
    state: row.state,
    by: row.asked_by,
    askedAt: row.asked_at,
    note: row.note,
    screen: row.screen === null ? null : JSON.parse(row.screen),
    actions,
  });
}

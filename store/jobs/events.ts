/** The events of each job, in order; the sequence is a reader's cursor. */
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import { JobEventSchema, type JobEvent } from '../../workflows/contract/jobs/job-view.ts';
import type { Kysely, Selectable } from 'kysely';
import type { Run } from '../../workflows/contract/runs/run.ts';
import type { Database, Tables } from '../database/database.ts';
import { inStatement, lockOwner } from '../database/transactions.ts';
import { withRun } from '../runs/insert-run.ts';

export interface NewEvent {
  readonly jobId: string;
  /** Noun and verb, e.g. `step.started`. */
  readonly type: string;
  readonly stepId?: string;
  readonly message: string;
  readonly data?: JsonObject;
  readonly at?: string;
}

export interface Events {
  append(event: NewEvent): Promise<void>;
  /** Events of a job after a cursor (0 for all), oldest first. */
  after(jobId: string, cursor: number, limit: number): Promise<readonly JobEvent[]>;
  /** Whether a job has an event of a type. */
  has(jobId: string, type: string): Promise<boolean>;
  /** The newest events of a job, newest first. */
  newest(jobId: string, limit: number): Promise<readonly JobEvent[]>;
}

export function createEvents(database: Database): Events {
  const ofJob = (jobId: string) => database.selectFrom('events').selectAll().where('job_id', '=', jobId);
  return {
    append: (event) => inStatement(database, lockOwner(event.jobId), (locked) => insertEvent(locked, event)),
    async after(jobId, cursor, limit) {
      const rows = await ofJob(jobId).where('sequence', '>', cursor).orderBy('sequence').limit(limit).execute();
      return rows.map(fromRow);
    },
    async has(jobId, type) {
      return (await ofJob(jobId).where('type', '=', type).limit(1).executeTakeFirst()) !== undefined;
    },
    async newest(jobId, limit) {
      const rows = await ofJob(jobId).orderBy('sequence', 'desc').limit(limit).execute();
      return rows.map(fromRow);
    },
  };
}

/** Appends an event in a transaction that holds the lock of its job or batch. */
export function insertEvent(database: Kysely<Tables>, event: NewEvent): Promise<void> {
  return insertEvents(database, [event]);
}

/** Appends events of one job or batch in order, in one statement, under the same lock; with the run that they end, if any. */
export async function insertEvents(
  database: Kysely<Tables>,
  events: readonly NewEvent[],
  run: Run | null = null,
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ jobId, type, stepId, message, data, at }) => ({
    job_id: jobId,
    at: at ?? new Date().toISOString(),
    type,
    step_id: stepId ?? null,
    message,
    data: JSON.stringify(data ?? {}),
  }));
  await withRun(database, run, (creator) => creator.insertInto('events').values(rows).execute());
}

function fromRow(row: Selectable<Tables['events']>): JobEvent {
  return JobEventSchema.parse({
    sequence: row.sequence,
    at: row.at,
    type: row.type,
    step: row.step_id,
    message: row.message,
    data: JSON.parse(row.data),
  });
}

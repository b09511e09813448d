/** The workers of an installation, as they tell of themselves every few seconds: how much each may do at once, and does. */
import { z } from 'zod';
import { queueKinds, type QueueKind } from '../../workflows/contract/names.ts';
import type { Database } from '../database/database.ts';

const ToldSchema = z.object({
  exportsMetrics: z.boolean(),
  alertReceivers: z.int().min(0),
});
/** What a worker tells of its settings: whether Prometheus can read it, and how many ways it has to tell people of alerts. */
export type WorkerTold = z.infer<typeof ToldSchema>;

export interface WorkerBeat {
  /** Of the worker: one of each process and queue. */
  readonly id: string;
  readonly queue: QueueKind;
  /** The most activities at once. */
  readonly slots: number;
  readonly busy: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Null for a worker of an older version, which tells nothing. */
  readonly told: WorkerTold | null;
}

export interface SeenWorker extends WorkerBeat {
  /** When it last told of itself. ISO 8601, UTC. */
  readonly seenAt: string;
}

export interface WorkerBeats {
  beat(workers: readonly WorkerBeat[], now: Date): Promise<void>;
  /** Those that have told of themselves within the last minute, by queue. */
  list(now: Date): Promise<readonly SeenWorker[]>;
  /** Called for workers that have stopped in order. */
  remove(ids: readonly string[]): Promise<void>;
}

/** The id of the worker of a queue in a process. */
export function workerId(process: string, queue: QueueKind): string {
  return `${process}.${queue}`;
}

/** The process of a worker, by the worker's id. */
export function processOf({ id, queue }: Pick<WorkerBeat, 'id' | 'queue'>): string {
  return id.endsWith(`.${queue}`) ? id.slice(0, -queue.length - 1) : id;
}

/** The time between two beats. */
export const workerBeatMilliseconds = 10_000;
const goneMilliseconds = 60_000;
const forgottenMilliseconds = 24 * 3_600_000;
const QueueSchema = z.enum(queueKinds);

export function createWorkerBeats(database: Database): WorkerBeats {
  return {
    async beat(workers, now) {
      for (const { id, queue, slots, busy, startedAt, told } of workers) {
        const settings = told === null ? null : JSON.stringify(told);
        const values = { queue, slots, busy, started_at: startedAt, seen_at: now.toISOString(), told: settings };
        await database
          .insertInto('worker_beats')
          .values({ id, ...values })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
          .execute();
      }
      const forgotten = new Date(now.getTime() - forgottenMilliseconds).toISOString();
      await database.deleteFrom('worker_beats').where('seen_at', '<', forgotten).execute();
    },
    async list(now) {
      const oldest = new Date(now.getTime() - goneMilliseconds).toISOString();
      const rows = await database
        .selectFrom('worker_beats')
        .selectAll()
        .where('seen_at', '>=', oldest)
        .orderBy('queue')
        .orderBy('started_at')
        .execute();
      return rows.map(({ id, queue, slots, busy, started_at: startedAt, seen_at: seenAt, told }) => ({
        id,
        queue: QueueSchema.parse(queue),
        slots,
        busy,
        startedAt,
        seenAt,
        told: told === null ? null : ToldSchema.parse(JSON.parse(told)),
      }));
    },
    async remove(ids) {
      if (ids.length > 0) await database.deleteFrom('worker_beats').where('id', 'in', ids).execute();
    },
  };
}

/** The workers of an installation, as they tell of themselves every few seconds: how much each may do at once, and does. */
import { z } from 'zod';
import { queueKinds, type QueueKind } from '../../workflows/contract/names.ts';
import type { Database } from '../database/database.ts';

export interface WorkerBeat {
  /** Of the worker: one of each process and queue. */
  readonly id: string;
  readonly queue: QueueKind;
  /** The most activities at once. */
  readonly slots: number;
  readonly busy: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
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

/** The time between two beats. */
export const workerBeatMilliseconds = 10_000;
const goneMilliseconds = 60_000;
const forgottenMilliseconds = 24 * 3_600_000;
const QueueSchema = z.enum(queueKinds);

export function createWorkerBeats(database: Database): WorkerBeats {
  return {
    async beat(workers, now) {
      for (const { id, queue, slots, busy, startedAt } of workers) {
        const values = { queue, slots, busy, started_at: startedAt, seen_at: now.toISOString() };
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
      return rows.map(({ id, queue, slots, busy, started_at: startedAt, seen_at: seenAt }) => ({
        id,
        queue: QueueSchema.parse(queue),
        slots,
        busy,
        startedAt,
        seenAt,
      }));
    },
    async remove(ids) {
      if (ids.length > 0) await database.deleteFrom('worker_beats').where('id', 'in', ids).execute();
    },
  };
}

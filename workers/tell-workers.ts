/** Tells the store every few seconds how busy the workers of this process are, for `/healthz` and the API's metrics. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { workerBeatMilliseconds, workerId, type WorkerBeats, type WorkerTold } from '../store/platform/worker-beats.ts';
import type { QueueKind } from '../workflows/contract/names.ts';

/** A worker of a queue, as far as it is told of. */
export interface ToldWorker {
  readonly queue: QueueKind;
  readonly slots: number;
  readonly worker: { getStatus(): { readonly numInFlightActivities: number } };
}

/** Begins at once. `settings` are the same for all of them. Returns a function that stops it and says that these workers have stopped. */
export function tellWorkers(
  { beats, settings: told, log }: { readonly beats: WorkerBeats; readonly settings: WorkerTold; readonly log: Logger },
  workers: readonly ToldWorker[],
): () => Promise<void> {
  const id = randomUUID();
  const startedAt = new Date().toISOString();
  const idOf = (queue: QueueKind): string => workerId(id, queue);
  const tell = async (): Promise<void> => {
    const all = workers.map(({ queue, slots, worker }) => ({
      id: idOf(queue),
      queue,
      slots,
      busy: worker.getStatus().numInFlightActivities,
      startedAt,
      told,
    }));
    await beats.beat(all, new Date());
  };
  const tellOrWarn = (): void => {
    tell().catch((error: unknown) => log.warn({ error }, 'the store was not told how busy the workers are'));
  };
  tellOrWarn();
  const timer = setInterval(tellOrWarn, workerBeatMilliseconds);
  return async () => {
    clearInterval(timer);
    // A row that stays is not shown after a minute.
    await beats.remove(workers.map(({ queue }) => idOf(queue))).catch(() => undefined);
  };
}

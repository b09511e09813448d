/** Runs the workers of a process together: they end together, and the cause of the first end is reported. */
import type { Worker } from '@temporalio/worker';

export type RunningWorker = Pick<Worker, 'run' | 'shutdown' | 'getState'>;

/** Resolves when all have ended. When one fails the others are shut down first, and its error is thrown. */
export async function runAll(workers: readonly RunningWorker[]): Promise<void> {
  const runs = workers.map((worker) => worker.run());
  try {
    await Promise.all(runs);
  } catch (error) {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.allSettled(runs);
    throw error;
  }
}

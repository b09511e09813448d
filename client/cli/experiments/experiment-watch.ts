/** Follows an experiment to its end in one line. While the API is away for a moment, as for a restart, it waits. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Api, Experiment } from '../api/client.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { createStatusLine } from '../progress/status-line.ts';
import { findExperiment } from './experiment-calls.ts';
import { experimentStatus } from './experiment-output.ts';

const pollMilliseconds = 400;
/** How long the API may be away before watching is given up: long enough for a restart. */
const patienceMilliseconds = 60_000;

export async function watchExperiment(api: Api, id: string): Promise<Experiment> {
  const status = createStatusLine({ plain: true });
  let seenAt: number | null = null;
  try {
    for (;;) {
      try {
        const experiment = await findExperiment(api, id);
        seenAt = Date.now();
        if (experiment.endedAt !== null) return experiment;
        status.show(experimentStatus(experiment), `${experiment.round} ${experiment.phase}`);
      } catch (error) {
        if (!(error instanceof CommandError) || error.exitCode !== exitCodes.apiUnreachable) throw error;
        if (seenAt === null || Date.now() - seenAt > patienceMilliseconds) throw error;
        status.show(`${id}  the API cannot be reached; trying again`, 'away');
      }
      await delay(pollMilliseconds);
    }
  } finally {
    status.end();
  }
}

export function exitCodeOfExperiment({ state }: Experiment): number {
  return state === 'completed' ? exitCodes.ok : exitCodes.notCompleted;
}

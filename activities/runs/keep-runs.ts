/** The regular upkeep of the runs: rollups of the hours that are over, and the removal of rows by their retention. */
import type { RunUpkeep } from '../../store/runs/run-rollups.ts';

export interface KeptRuns {
  readonly upkeep: RunUpkeep;
  /** Days that the rows of runs are kept. */
  readonly days: number;
}

/** For each of the two, so that the removal of files has its time as well. The next look goes on. */
const patienceMilliseconds = 40_000;

export async function keepRuns({ upkeep, days }: KeptRuns, signal: AbortSignal): Promise<void> {
  const now = new Date();
  await upkeep.rollUp({ now, until: new Date(now.getTime() + patienceMilliseconds), signal });
  const until = Date.now() + patienceMilliseconds;
  for (let removed = 1; removed > 0 && Date.now() < until;) {
    signal.throwIfAborted();
    removed = await upkeep.removeOld({ days, now });
  }
}

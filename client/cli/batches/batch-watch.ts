/** Follows a batch to its end with a progress bar. While the API is away for a moment, as for a restart, it waits. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Api, Batch } from '../api/client.ts';
import { findBatch } from './batch-calls.ts';
import { batchLine } from './batch-output.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { say } from '../output.ts';
import { createStatusLine } from '../progress/status-line.ts';

const pollMilliseconds = 500;
/** How long the API may be away before watching is given up: long enough for a restart. */
const patienceMilliseconds = 60_000;

export async function watchBatch(api: Api, id: string): Promise<Batch> {
  const status = createStatusLine({ plain: true });
  let seenAt: number | null = null;
  try {
    for (;;) {
      try {
        const batch = await findBatch(api, id);
        seenAt = Date.now();
        if (batch.state === 'ended' && !batch.isReopening) {
          say(batchLine(batch));
          return batch;
        }
        if (batch.isReopening) status.show(`${id}  its failed items are being reopened`, 'reopening');
        else status.show(batchLine(batch), batch.state);
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

export function exitCodeOfBatch(batch: Batch): number {
  return batch.outcome === 'completed' ? exitCodes.ok : exitCodes.notCompleted;
}

/** Follows a batch to its end: a bar that is drawn anew on a terminal, a line now and then elsewhere. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Api, Batch } from '../api/client.ts';
import { findBatch } from './batch-calls.ts';
import { batchLine } from './batch-output.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';

const pollMilliseconds = 500;
/** Where no bar can be drawn, a change of state is told at once and progress this often. */
const lineMilliseconds = 10_000;
/** How long the API may be away before watching is given up: long enough for a restart. */
const patienceMilliseconds = 60_000;

export async function watchBatch(api: Api, id: string): Promise<Batch> {
  const show = createDisplay();
  let seenAt: number | null = null;
  for (;;) {
    try {
      const batch = await findBatch(api, id);
      seenAt = Date.now();
      show(batch);
      if (batch.state === 'ended') return batch;
    } catch (error) {
      if (!(error instanceof CommandError) || error.exitCode !== exitCodes.apiUnreachable) throw error;
      if (seenAt === null || Date.now() - seenAt > patienceMilliseconds) throw error;
    }
    await delay(pollMilliseconds);
  }
}

function createDisplay(): (batch: Batch) => void {
  const { stderr } = process;
  let shownAt = 0;
  let state = '';
  return (batch) => {
    const ended = batch.state === 'ended';
    if (stderr.isTTY) {
      const width = stderr.columns - 1;
      stderr.write(`\r\u001B[K${batchLine(batch).slice(0, width)}${ended ? '\n' : ''}`);
      return;
    }
    if (batch.state === state && Date.now() - shownAt < lineMilliseconds) return;
    shownAt = Date.now();
    ({ state } = batch);
    stderr.write(`${batchLine(batch)}\n`);
  };
}

export function exitCodeOfBatch(batch: Batch): number {
  return batch.outcome === 'completed' ? exitCodes.ok : exitCodes.notCompleted;
}

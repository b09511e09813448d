/** Changes of what a batch consists of are made one after the other, whichever process serves them. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../../../store/store.ts';
import type { UploadTurn } from '../../../store/batches/upload-turns.ts';
import { ProblemError } from '../http/problem.ts';

/** How often a turn is asked for, so that one of a moment, as a start has it, refuses nothing. */
const tries = 5;
const tryMilliseconds = 100;
/** A turn is kept for 30 s; that of a process that died is free after that. */
const keepMilliseconds = 10_000;

/** Has the turn while the work is done. Throws a conflict, in these words, while another has it. */
export async function inTurn<T>(
  { uploadTurns }: Pick<Store, 'uploadTurns'>,
  batchId: string,
  conflict: string,
  work: (turn: UploadTurn) => Promise<T>,
): Promise<T> {
  let turn = await uploadTurns.begin(batchId, Date.now());
  for (let tried = 1; turn === null && tried < tries; tried += 1) {
    await delay(tryMilliseconds);
    turn = await uploadTurns.begin(batchId, Date.now());
  }
  if (turn === null) throw new ProblemError('conflict', conflict);
  const keeping = setInterval(() => {
    // What is stored asks for the turn itself; a store that fails here fails there too.
    uploadTurns.holds(turn, Date.now()).catch(() => undefined);
  }, keepMilliseconds);
  try {
    return await work(turn);
  } finally {
    clearInterval(keeping);
    await uploadTurns.end(turn);
  }
}

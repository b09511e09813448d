/** Changes of what a batch consists of are made one after the other, whichever process serves them. */
import type { Store } from '../../store/store.ts';
import type { UploadTurn } from '../../store/upload-turns.ts';
import { ProblemError } from './problem.ts';

/** A turn is kept for 30 s; that of a process that died is free after that. */
const keepMilliseconds = 10_000;

/** Has the turn while the work is done. Throws a conflict, in these words, while another has it. */
export async function inTurn<T>(
  { uploadTurns }: Pick<Store, 'uploadTurns'>,
  batchId: string,
  conflict: string,
  work: (turn: UploadTurn) => Promise<T>,
): Promise<T> {
  const turn = await uploadTurns.begin(batchId, Date.now());
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

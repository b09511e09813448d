/** Changes of what a batch consists of are made one after the other, whichever process serves them. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../../../store/store.ts';
import type { UploadLock } from '../../../store/batches/upload-locks.ts';
import { ProblemError } from '../http/problem.ts';

/** How often a lock is asked for, so that one of a moment, as a start has it, refuses nothing. */
const tries = 5;
const tryMilliseconds = 100;
/** A lock is kept for 30 s; that of a process that died is free after that. */
const keepMilliseconds = 10_000;

/** Has the lock while the work is done. Throws a conflict, in these words, while another has it. */
export async function withUploadLock<T>(
  { uploadLocks }: Pick<Store, 'uploadLocks'>,
  batchId: string,
  conflict: string,
  work: (lock: UploadLock) => Promise<T>,
): Promise<T> {
  let lock = await uploadLocks.acquire(batchId, Date.now());
  for (let tried = 1; lock === null && tried < tries; tried += 1) {
    await delay(tryMilliseconds);
    lock = await uploadLocks.acquire(batchId, Date.now());
  }
  if (lock === null) throw new ProblemError('conflict', conflict);
  const keeping = setInterval(() => {
    // What is stored asks for the lock itself; a store that fails here fails there too.
    uploadLocks.renew(lock, Date.now()).catch(() => undefined);
  }, keepMilliseconds);
  try {
    return await work(lock);
  } finally {
    clearInterval(keeping);
    await uploadLocks.release(lock);
  }
}

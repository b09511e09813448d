/** Holds a batch's upload lock during a change of its items, so that changes run one at a time across all API processes. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../../../store/store.ts';
import type { UploadLock } from '../../../store/batches/uploads/upload-locks.ts';
import { ProblemError } from '../http/problem.ts';

/** How many times the lock is requested: a holder that needs it only for a moment, like a start, causes no refusal. */
const tries = 5;
const tryMilliseconds = 100;
/** How often the lock is renewed; it expires after 30 s. */
const keepMilliseconds = 10_000;

/** Runs `work` while holding the lock. Throws a conflict with this message while another upload has it. */
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
    // An error is ignored: each transaction that stores items renews the lock itself and fails if it is lost.
    uploadLocks.renew(lock, Date.now()).catch(() => undefined);
  }, keepMilliseconds);
  try {
    return await work(lock);
  } finally {
    clearInterval(keeping);
    await uploadLocks.release(lock);
  }
}

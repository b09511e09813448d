/** Bounds a browser call in time: a page whose main thread is busy answers no protocol call, and none has a limit of its own. */
import { setTimeout as delay } from 'node:timers/promises';
import { failure } from '../failure.ts';

const defaultLimitMilliseconds = 10_000;

/** Rejects with a `browser` failure when the call has not ended in time. The call itself cannot be stopped. */
export async function bounded<T>(
  call: Promise<T>,
  what: string,
  limitMilliseconds: number = defaultLimitMilliseconds,
): Promise<T> {
  const stop = new AbortController();
  const limit = delay(limitMilliseconds, undefined, { signal: stop.signal }).then(() => {
    throw failure('browser', `${what} took longer than ${limitMilliseconds} ms`);
  });
  // Whichever loses the race may still reject, with nobody to hear it.
  call.catch(() => undefined);
  limit.catch(() => undefined);
  try {
    return await Promise.race([call, limit]);
  } finally {
    stop.abort();
  }
}

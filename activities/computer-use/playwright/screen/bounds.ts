/** Bounds a browser call in time: a page whose main thread is busy answers no protocol call, and none has a limit of its own. */
import { setTimeout as delay } from 'node:timers/promises';
import { failure } from '../../../failure.ts';

const defaultLimitMilliseconds = 10_000;

/** Rejects when the call has not ended in time, with a `browser` failure or an error of one's own. It cannot be stopped. */
export async function bounded<T>(
  call: Promise<T>,
  what: string,
  limitMilliseconds: number = defaultLimitMilliseconds,
  errorOf: (message: string) => Error = (message) => failure('browser', message),
): Promise<T> {
  const stop = new AbortController();
  const limit = delay(limitMilliseconds, undefined, { signal: stop.signal }).then(() => {
    throw errorOf(`${what} took longer than ${limitMilliseconds} ms`);
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

/** Waits for a sign, but no longer than the limit. Rejects only when the signal is aborted. */
export async function waitAtMost(sign: Promise<void>, limitMilliseconds: number, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const limit = delay(limitMilliseconds, undefined, { signal: AbortSignal.any([signal, stop.signal]) });
  limit.catch(() => undefined);
  try {
    await Promise.race([sign, limit]);
  } finally {
    stop.abort();
  }
}

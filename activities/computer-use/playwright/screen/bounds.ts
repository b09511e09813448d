/**
 * Adds a time limit to browser calls: a page whose main thread is busy answers no protocol call, and the calls have
 * none of their own.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { failure } from '../../../failure.ts';

const defaultLimitMilliseconds = 10_000;

/**
 * Rejects when the call has not ended in time, with a `browser` failure or the given error. The call itself cannot be
 * stopped.
 */
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
  // The loser of the race may still reject, without anyone to handle it.
  call.catch(() => undefined);
  limit.catch(() => undefined);
  try {
    return await Promise.race([call, limit]);
  } finally {
    stop.abort();
  }
}

/** Waits for an event, at most until the limit. Rejects only when the signal is aborted. */
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

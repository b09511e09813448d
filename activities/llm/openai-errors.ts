/**
 * The one classifier of OpenAI's errors: it maps what the openai package throws to a failure of the closed list. The
 * package's own retries are off, so that Temporal makes and shows every attempt.
 */
import type { ApplicationFailure } from '@temporalio/common';
import OpenAI from 'openai';
import { failure } from '../failure.ts';
import { retryAfterMilliseconds as delayOf } from '../http/retry-after.ts';

/** The longest delay of a provider that is respected. */
const maximumRetryAfterMilliseconds = 10 * 60_000;

/** Returns the failure for an error; rethrows an abort, which is a cancellation and not the provider's error. */
export function classifyOpenAiError(error: unknown): ApplicationFailure {
  if (error instanceof OpenAI.APIUserAbortError) throw error;
  if (error instanceof OpenAI.APIConnectionTimeoutError) {
    return failure('provider_unavailable', 'the model provider did not answer in time', {
      perhapsPaid: true,
      cause: error,
    });
  }
  if (error instanceof OpenAI.APIConnectionError) {
    return failure('provider_unavailable', `the model provider could not be reached: ${causeOf(error)}`, {
      perhapsPaid: !wasNeverSent(error),
      cause: error,
    });
  }
  if (error instanceof OpenAI.APIError) return classifyStatus(error);
  // A truncated body surfaces as a plain TypeError or SyntaxError, which the package does not wrap.
  if (error instanceof TypeError || error instanceof SyntaxError) {
    return failure('provider_unavailable', `the model provider's answer was cut short: ${error.message}`, {
      perhapsPaid: true,
      cause: error,
    });
  }
  throw error;
}

function classifyStatus(error: InstanceType<typeof OpenAI.APIError>): ApplicationFailure {
  const status: unknown = error.status;
  const message = `the model provider answered ${String(status)}: ${error.message}`;
  const retryAfterMilliseconds = retryAfter(error.headers);
  if (status === 401 || status === 403) return failure('provider_authentication', message, { cause: error });
  if (status === 429) {
    return error.code === 'insufficient_quota'
      ? failure('provider_quota', message, { cause: error })
      : failure('provider_rate_limit', message, { retryAfterMilliseconds, cause: error });
  }
  if (status === 408 || status === 409 || (typeof status === 'number' && status >= 500)) {
    // After these statuses a server may still do the work; any other status is a refusal.
    const perhapsPaid = status === 408 || status === 504;
    return failure('provider_unavailable', message, { retryAfterMilliseconds, perhapsPaid, cause: error });
  }
  return failure('provider_request', message, { cause: error });
}

/** The delay that the provider names, by `retry-after-ms`, or `retry-after` in seconds or as a date. */
export function retryAfter(headers: Headers | undefined, now: number = Date.now()): number | undefined {
  const milliseconds = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return Math.min(milliseconds, maximumRetryAfterMilliseconds);
  const text = headers?.get('retry-after');
  if (text === null || text === undefined) return undefined;
  const delay = delayOf(text, now);
  return delay === undefined ? undefined : Math.min(delay, maximumRetryAfterMilliseconds);
}

/** Error codes that mean that no connection was made. */
const neverSent: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function wasNeverSent(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && neverSent.has(cause.code)) return true;
  }
  return false;
}

/** The innermost cause: it was wrapped in "Connection error." and "fetch failed". */
function causeOf(error: Error): string {
  return error.cause instanceof Error ? causeOf(error.cause) : error.message;
}

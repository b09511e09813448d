/**
 * The one classifier of OpenAI's errors: it maps what the openai package throws to a failure of the closed list. The
 * package's own retries are off, so that Temporal makes and shows every attempt.
 */
import type { ApplicationFailure } from '@temporalio/common';
import OpenAI from 'openai';
import { cutText } from '../../workflows/contract/cut-text.ts';
import { failure } from '../failure.ts';
import { retryAfterMilliseconds as delayOf } from '../http/retry-after.ts';
import { noteRun } from '../runs/run-meter.ts';
import { AnswerTooLarge } from './provider-fetch.ts';

/** The longest delay of a provider that is respected. */
const maximumRetryAfterMilliseconds = 10 * 60_000;

/** The provider did not answer in time, or stopped in the middle. */
export class AnswerTooLate extends Error {
  override readonly name: string = 'AnswerTooLate';
}

/** The provider has begun to answer, and then sent nothing for too long. */
export class AnswerSilent extends AnswerTooLate {
  override readonly name = 'AnswerSilent';
}

/** Whether a failure is that of an answer that did not come in time. */
export function isTooLate(error: unknown): boolean {
  return error instanceof Error && (error instanceof AnswerTooLate || isTooLate(error.cause));
}

export function isSilence(error: unknown): boolean {
  return error instanceof Error && (error instanceof AnswerSilent || isSilence(error.cause));
}

/** Characters of a provider's own words that a failure holds. */
const mostCharacters = 500;
/** A shorter key stands for none, as `none` does. */
const leastKeyCharacters = 8;

/** What a provider says, as failures hold it, which are stored and shown: cut, and without the key, which some repeat. */
export function providerWords(text: string, apiKey = ''): string {
  return cutText(apiKey.length < leastKeyCharacters ? text : text.replaceAll(apiKey, '[key]'), mostCharacters);
}

/**
 * Returns the failure for an error. Throws the reason of the request's signal when that was aborted, which is its caller's
 * will and not the provider's error; and rethrows what it does not know. The error itself is not attached as the cause: it has
 * all that the provider said.
 */
export function classifyOpenAiError(error: unknown, apiKey: string, signal?: AbortSignal): ApplicationFailure {
  // An answer that came first still counts.
  if (signal?.aborted === true && !hasStatus(error)) throw signal.reason;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AnswerTooLarge) {
      return failure('model_answer', cause.message, { perhapsPaid: true, cause });
    }
  }
  if (error instanceof OpenAI.APIUserAbortError || isAbort(error)) {
    return failure('provider_unavailable', 'the connection to the model provider was closed before its answer', {
      perhapsPaid: true,
    });
  }
  if (error instanceof OpenAI.APIConnectionTimeoutError) {
    return failure('provider_unavailable', 'the model provider did not answer in time', {
      perhapsPaid: true,
      cause: new AnswerTooLate('no answer within the time limit of the request'),
    });
  }
  if (error instanceof OpenAI.APIConnectionError) {
    return failure(
      'provider_unavailable',
      `the model provider could not be reached: ${providerWords(causeOf(error), apiKey)}`,
      {
        perhapsPaid: !wasNeverSent(error),
      },
    );
  }
  if (error instanceof OpenAI.APIError) return classifyStatus(error, apiKey);
  // A truncated body surfaces as a plain TypeError or SyntaxError, which the package does not wrap.
  if (error instanceof TypeError || error instanceof SyntaxError) {
    return failure(
      'provider_unavailable',
      `the model provider's answer was cut short: ${providerWords(error.message, apiKey)}`,
      {
        perhapsPaid: true,
      },
    );
  }
  throw error;
}

function hasStatus(error: unknown): boolean {
  return error instanceof OpenAI.APIError && error.status !== undefined;
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

function classifyStatus(error: InstanceType<typeof OpenAI.APIError>, apiKey: string): ApplicationFailure {
  const status: unknown = error.status;
  const message = `the model provider answered ${String(status)}: ${providerWords(error.message, apiKey)}`;
  const retryAfterMilliseconds = retryAfter(error.headers);
  if (typeof status === 'number') noteRun({ statusCode: status });
  if (status === 401 || status === 403) return failure('provider_authentication', message);
  if (status === 429) {
    return error.code === 'insufficient_quota'
      ? failure('provider_quota', message)
      : failure('provider_rate_limit', message, { retryAfterMilliseconds });
  }
  if (status === 408 || status === 409 || (typeof status === 'number' && status >= 500)) {
    // After these statuses a server may still do the work; any other status is a refusal.
    const perhapsPaid = status === 408 || status === 504;
    return failure('provider_unavailable', message, { retryAfterMilliseconds, perhapsPaid });
  }
  const isRedirect = typeof status === 'number' && status >= 300 && status < 400;
  return failure('provider_request', isRedirect ? `${message}; redirects are not followed` : message);
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

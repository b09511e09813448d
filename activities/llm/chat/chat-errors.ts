/**
 * The classifier of errors of chat completions: a provider's own codes first, which its dialect lists, then the HTTP status,
 * as with OpenAI's own API.
 */
import type { ApplicationFailure } from '@temporalio/common';
import OpenAI from 'openai';
import { failure } from '../../failure.ts';
import { noteRun } from '../../runs/run-meter.ts';
import { AnswerTooLate, classifyOpenAiError, providerWords, retryAfter } from '../openai-errors.ts';
import type { Dialect } from './dialect.ts';

/** Returns the failure for an error; rethrows what it does not know, as the reason of an aborted signal. */
export function classifyChatError(error: unknown, errors: Dialect['errors'], apiKey: string): ApplicationFailure {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AnswerTooLate) {
      return failure('provider_unavailable', cause.message, { perhapsPaid: true, cause });
    }
  }
  const isAnswer =
    error instanceof OpenAI.APIError &&
    !(error instanceof OpenAI.APIConnectionError || error instanceof OpenAI.APIUserAbortError);
  if (!isAnswer) return classifyOpenAiError(error, apiKey);
  const known = [error.code, error.type].flatMap((name) => {
    const type = name === null || name === undefined ? undefined : errors[name];
    return type === undefined ? [] : [type];
  })[0];
  const status: unknown = error.status;
  // Without a status the error came in the stream, when the model was at work.
  const isInStream = status === undefined;
  if (known === undefined && !isInStream) return classifyOpenAiError(error, apiKey);
  if (typeof status === 'number') noteRun({ statusCode: status });
  return failure(
    known ?? 'provider_unavailable',
    `the model provider answered ${providerWords(describe(error), apiKey)}`,
    {
      retryAfterMilliseconds: retryAfter(error.headers),
      perhapsPaid: isInStream,
    },
  );
}

function describe({ status, code, type, message }: InstanceType<typeof OpenAI.APIError>): string {
  const name = code ?? type;
  const kind = name === null || name === undefined ? '' : ` (${name})`;
  return `${status === undefined ? 'with an error in its stream' : String(status)}${kind}: ${message}`;
}

/**
 * Each response of OpenAI's API repeats its request but for the input. One whose first event is too large to be read would be
 * paid for although nobody knows its id, so such a request is refused before it is sent.
 */
import type { ResponseCreateParams } from 'openai/resources/responses/responses';
import { failure } from '../failure.ts';
import { mostEventBytes } from './provider-fetch.ts';

/** The rest of an event is for what the provider adds. */
const mostRepeatedBytes = (mostEventBytes * 3) / 4;

/** Throws `provider_request` for a request whose responses could not be read. */
export function checkRepeatedParts(request: ResponseCreateParams): void {
  const bytes = Buffer.byteLength(JSON.stringify({ ...request, input: undefined }));
  if (bytes <= mostRepeatedBytes) return;
  throw failure(
    'provider_request',
    `the instructions and schemas of the request have ${bytes} bytes, and ${mostRepeatedBytes} at most can be sent, since the model provider repeats them with its answer: give the rest as input`,
  );
}

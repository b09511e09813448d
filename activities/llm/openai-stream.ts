/**
 * Starts a background response over a stream: its id comes with the first event and its end with the last, so that no
 * polling is needed. A lost stream loses nothing: the response continues at the provider and is fetched by its id.
 */
import OpenAI from 'openai';
import type { ResponseCreateParamsNonStreaming, ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { StreamReceived } from './model-port.ts';

/** The stream's end follows its last event at once; a connection without one is closed. */
const lastMilliseconds = 1_000;

/** A response of the provider before it is parsed. */
export interface StreamedResponse {
  readonly first: unknown;
  /** The response as it ended; null when the stream broke off before. Never rejects. */
  readonly ended: Promise<unknown>;
  readonly received: () => StreamReceived;
  readonly close: () => void;
  readonly headers: Headers;
}

/** Throws the openai package's errors, including when there is no id within `idMilliseconds`, or the signal is aborted first. */
export async function beginStreamed(
  client: OpenAI,
  parameters: ResponseCreateParamsNonStreaming,
  idMilliseconds: number,
  signal?: AbortSignal,
): Promise<StreamedResponse> {
  const call = client.responses.create({ ...parameters, stream: true }, { timeout: idMilliseconds, signal });
  const { data: stream, response } = await call.withResponse();
  let isOver = false;
  const abort = (): void => stream.controller.abort();
  // A stream that is over closes itself, so that its connection serves the next request.
  const close = (): void => {
    if (!isOver) abort();
  };
  const tooLate = setTimeout(close, idMilliseconds);
  const events = stream[Symbol.asyncIterator]();
  const first = await events.next().finally(() => clearTimeout(tooLate));
  if (first.done === true || first.value.type !== 'response.created') {
    close();
    // The package ends an aborted stream without an error.
    if (first.done === true) throw new OpenAI.APIConnectionTimeoutError({ message: 'The stream ended without an id.' });
    throw new SyntaxError(`the stream begins with ${first.value.type}`);
  }
  let received: StreamReceived = { characters: 0, newestAt: Date.now() };
  const onEvent = (characters: number): void => {
    received = { characters: received.characters + characters, newestAt: Date.now() };
  };
  const ended = endOf(events, onEvent).then((response) => {
    isOver = true;
    void readOut(events, abort);
    return response;
  });
  return {
    first: first.value.response,
    ended: ended.catch(() => null),
    received: () => received,
    close,
    headers: response.headers,
  };
}

/** The connection can be used again once the stream was read to its end. */
async function readOut(events: AsyncIterator<ResponseStreamEvent>, abort: () => void): Promise<void> {
  const tooLate = setTimeout(abort, lastMilliseconds);
  try {
    while ((await events.next()).done !== true);
  } catch {
    // The connection broke: the response is here.
  } finally {
    clearTimeout(tooLate);
  }
}

/** `onEvent` is called with the number of characters of the answer that came with each event. */
async function endOf(
  events: AsyncIterator<ResponseStreamEvent>,
  onEvent: (characters: number) => void,
): Promise<unknown> {
  for (;;) {
    const { done, value: event } = await events.next();
    if (done === true) return null;
    onEvent(event.type === 'response.output_text.delta' ? event.delta.length : 0);
    if (
      event.type === 'response.completed' ||
      event.type === 'response.failed' ||
      event.type === 'response.incomplete'
    ) {
      return event.response;
    }
  }
}

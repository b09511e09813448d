/**
 * Begins a background response over a stream: its id comes with the first event, its end with the last, so that nobody
 * has to ask again and again. Losing the stream loses nothing: the response goes on at the provider, and is fetched by id.
 */
import OpenAI from 'openai';
import type { ResponseCreateParamsNonStreaming, ResponseStreamEvent } from 'openai/resources/responses/responses';

/** What a provider sends of a response, as yet unread. */
export interface StreamedResponse {
  readonly first: unknown;
  /** The response as it ended; null when the stream broke off before. Never rejects. */
  readonly ended: Promise<unknown>;
  readonly close: () => void;
  readonly headers: Headers;
}

/** Throws what the openai package throws, also when there is no id within `idMilliseconds`. */
export async function beginStreamed(
  client: OpenAI,
  parameters: ResponseCreateParamsNonStreaming,
  idMilliseconds: number,
): Promise<StreamedResponse> {
  const call = client.responses.create({ ...parameters, stream: true }, { timeout: idMilliseconds });
  const { data: stream, response } = await call.withResponse();
  const close = (): void => stream.controller.abort();
  const tooLate = setTimeout(close, idMilliseconds);
  const events = stream[Symbol.asyncIterator]();
  const first = await events.next().finally(() => clearTimeout(tooLate));
  if (first.done === true || first.value.type !== 'response.created') {
    close();
    // The package ends an aborted stream quietly.
    if (first.done === true) throw new OpenAI.APIConnectionTimeoutError({ message: 'The stream ended without an id.' });
    throw new SyntaxError(`the stream begins with ${first.value.type}`);
  }
  return { first: first.value.response, ended: endOf(events).catch(() => null), close, headers: response.headers };
}

async function endOf(events: AsyncIterator<ResponseStreamEvent>): Promise<unknown> {
  for (;;) {
    const { done, value: event } = await events.next();
    if (done === true) return null;
    if (
      event.type === 'response.completed' ||
      event.type === 'response.failed' ||
      event.type === 'response.incomplete'
    ) {
      return event.response;
    }
  }
}

/**
 * A `fetch` whose answers have a limit of bytes, as a whole and for a line: a line is parsed at once, on the event loop. It follows
 * no redirect: a prompt goes to the address that the operator has set, and nowhere else.
 */
import { AnswerTooLarge } from './chat-errors.ts';

const mostBytes = 32 * 2 ** 20;
const mostBytesOfLine = 2 ** 20;
const newline = 10;

export async function cappedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, { ...init, redirect: 'error' });
  if (response.body === null) return response;
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(byteLimit()), { status, statusText, headers });
}

function byteLimit(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  let bytesOfLine = 0;
  return new TransformStream({
    transform(chunk, controller) {
      const end = chunk.lastIndexOf(newline);
      bytes += chunk.length;
      bytesOfLine = end === -1 ? bytesOfLine + chunk.length : chunk.length - end - 1;
      if (bytes > mostBytes || bytesOfLine > mostBytesOfLine) {
        controller.error(new AnswerTooLarge(`the model provider's answer is larger than ${mostBytes} bytes`));
      } else controller.enqueue(chunk);
    },
  });
}

/**
 * How providers of models are fetched from. No redirect is followed: a key and a prompt go to the address that the operator has
 * set, and nowhere else. The package parses an answer on the event loop, all of a server-sent event at once, so its size has
 * limits, and it arrives in small parts.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** An answer that is larger than what is read of one. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/** Limits of an answer in bytes; an event ends with an empty line. */
interface AnswerLimits {
  readonly whole: number;
  readonly event: number;
}

/** Of one event in a stream. */
export const mostEventBytes = 2 ** 19;
const streamLimits: AnswerLimits = { whole: 32 * 2 ** 20, event: mostEventBytes };
/** Of an answer that comes in one piece, and is parsed in one. */
const pieceLimits: AnswerLimits = { whole: 2 ** 20, event: 2 ** 20 };
const mostLinesOfEvent = 10_000;
/** After so many bytes, other work gets its turn. */
const bytesOfTurn = 4 * 1024;

/** For files, which are large and read line by line. */
export function fetchWithoutRedirects(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  return fetch(input, { ...init, redirect: 'manual' });
}

export async function fetchAnswer(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetchWithoutRedirects(input, init);
  if (response.body === null) return response;
  const { status, statusText, headers } = response;
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true;
  const body = response.body.pipeThrough(limited(isStream ? streamLimits : pieceLimits));
  return new Response(body, { status, statusText, headers });
}

function limited(limits: AnswerLimits): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const event = new EventSize();
  let whole = 0;
  let bytesSinceTurn = 0;
  return new TransformStream({
    async transform(chunk, controller) {
      for (let start = 0; start < chunk.length; start += bytesOfTurn) {
        const part = chunk.subarray(start, start + bytesOfTurn);
        whole += part.length;
        event.add(part);
        const problem = problemOf(limits, whole, event);
        if (problem !== null) {
          controller.error(new AnswerTooLarge(`the model provider's answer is too large: ${problem}`));
          return;
        }
        controller.enqueue(part);
        bytesSinceTurn += part.length;
        if (bytesSinceTurn < bytesOfTurn) continue;
        bytesSinceTurn = 0;
        await nextTurn();
      }
    },
  });
}

function problemOf(limits: AnswerLimits, whole: number, event: EventSize): string | null {
  if (whole > limits.whole) return `it has more than ${limits.whole} bytes`;
  if (event.mostBytes > limits.event) return `an event of it has more than ${limits.event} bytes`;
  return event.mostLines > mostLinesOfEvent ? `an event of it has more than ${mostLinesOfEvent} lines` : null;
}

const lineFeed = 10;
const carriageReturn = 13;

/** Measures the events of a stream as the package splits it: at two line ends of the same kind. */
class EventSize {
  /** Of the largest event so far. */
  mostBytes = 0;
  mostLines = 0;
  private bytes = 0;
  private lines = 0;
  /** The last three bytes, the newest last. */
  private last: readonly [number, number, number] = [0, 0, 0];

  add(chunk: Uint8Array): void {
    let [third, second, first] = this.last;
    for (const byte of chunk) {
      this.bytes += 1;
      const isLineEnd = byte === carriageReturn || (byte === lineFeed && first !== carriageReturn);
      if (isLineEnd) this.lines += 1;
      const isBoundary =
        (byte === first && (byte === lineFeed || byte === carriageReturn)) ||
        (byte === lineFeed && first === carriageReturn && second === lineFeed && third === carriageReturn);
      if (isBoundary) this.end();
      [third, second, first] = [second, first, isBoundary ? 0 : byte];
    }
    this.last = [third, second, first];
    this.keepMost();
  }

  private end(): void {
    this.keepMost();
    this.bytes = 0;
    this.lines = 0;
  }

  private keepMost(): void {
    this.mostBytes = Math.max(this.mostBytes, this.bytes);
    this.mostLines = Math.max(this.mostLines, this.lines);
  }
}

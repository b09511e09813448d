/**
 * Reads JSON bodies that may have many megabytes, such as files sent by value: parsed in a thread, so that the event loop goes on,
 * and only a few at once, because each is in memory several times.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'hono';
import { runInThread, ThreadLimit } from '../../../threads/run-in-thread.ts';
import type { JsonValue } from '../../../workflows/contract/json/json.ts';
import readJsonBody, { type JsonReading } from './json-work.ts';
import { isJson, mediaTypeOf } from './media-type.ts';
import { ProblemError } from './problem.ts';

/** Bodies up to this size are parsed at once: that takes a millisecond. */
const smallBytes = 64 * 1024;
/** A body counts as large once more than this has arrived, whatever length it was announced with. */
const largeBytes = 1024 * 1024;
const mostLarge = 4;
/** How long a body may take to arrive. */
const arrivalMilliseconds = 60_000;
const parsingMilliseconds = 15_000;

export interface LargeJson {
  /** The body's value. Throws `ProblemError` for what is no JSON, too large, too deep, too slow, or one too many. */
  read(context: Context): Promise<JsonValue>;
}

export function createLargeJson(mostBytes: number): LargeJson {
  let large = 0;
  const tooLarge = (): ProblemError => new ProblemError('too-large', `a body may have at most ${mostBytes} bytes here`);

  const tooMany = (): ProblemError => {
    const detail = `${mostLarge} large bodies are arriving; nothing was started. Send it again in a moment`;
    return new ProblemError('too-many-calls', detail, { retryAfterSeconds: 5 });
  };

  const parsed = async (context: Context, onArrival: OnArrival): Promise<JsonValue> => {
    const bytes = await received(context, onArrival);
    if (bytes.length === 0) throw new ProblemError('invalid-request', 'the body is empty');
    const reading = bytes.length <= smallBytes ? readJsonBody(bytes) : await readAside(bytes);
    if (reading.ok) return reading.value;
    throw new ProblemError('invalid-request', reading.detail, { problems: [...reading.problems] });
  };

  return {
    async read(context) {
      if (!isJson(mediaTypeOf(context)))
        throw new ProblemError('unsupported-media-type', 'send it as application/json');
      const length = Number(context.req.header('content-length') ?? Number.NaN);
      if (length > mostBytes) throw tooLarge();
      let isLarge = false;
      const onArrival = (bytes: number): void => {
        if (bytes > mostBytes) throw tooLarge();
        if (isLarge || bytes <= largeBytes) return;
        if (large >= mostLarge) throw tooMany();
        large += 1;
        isLarge = true;
      };
      try {
        return await parsed(context, onArrival);
      } finally {
        if (isLarge) large -= 1;
      }
    },
  };
}

/** Hears how many bytes have arrived so far. Throws `ProblemError` where the body is not to go on. */
type OnArrival = (bytes: number) => void;

/** Takes the bytes: a copy of a large body would hold the loop up. */
async function readAside(bytes: Uint8Array<ArrayBuffer>): Promise<JsonReading> {
  const module = new URL('./json-work.ts', import.meta.url);
  try {
    return await runInThread<typeof readJsonBody>(module, bytes, {
      timeoutMilliseconds: parsingMilliseconds,
      transfer: [bytes.buffer],
    });
  } catch (error) {
    if (error instanceof ThreadLimit) throw new ProblemError('too-large', `the body is too large: ${error.message}`);
    throw error;
  }
}

async function received(context: Context, onArrival: OnArrival): Promise<Uint8Array<ArrayBuffer>> {
  const { body } = context.req.raw;
  if (body === null) return new Uint8Array();
  const over = new AbortController();
  const late = delay(arrivalMilliseconds, undefined, { signal: over.signal }).then(() => {
    throw new ProblemError('too-slow', `the body did not arrive within ${arrivalMilliseconds / 1000} s`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([collected(body, onArrival, over.signal), late]);
  } finally {
    over.abort();
  }
}

async function collected(
  body: ReadableStream<Uint8Array>,
  onArrival: OnArrival,
  over: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    // Of a body that came too late nothing is counted any more.
    over.throwIfAborted();
    bytes += chunk.length;
    onArrival(bytes);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Sends an answer over HTTP, or drops it when a fault says so. */
import type { ServerResponse } from 'node:http';
import type { ApiError } from '../http/api-error.ts';
import type { StreamEvent } from './events.ts';
import { newId } from '../ids.ts';

export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'events'; readonly events: AsyncIterable<StreamEvent> };

export type Loss = 'reset' | 'hang' | 'truncated' | null;

export function errorAnswer({ status, details, headers }: ApiError): Answer {
  return { kind: 'json', status, body: { error: details }, headers };
}

/** Returns the HTTP status, or null when the answer was not sent completely. */
export async function send(response: ServerResponse, answer: Answer, loss: Loss = null): Promise<number | null> {
  if (loss === 'hang') return null;
  if (loss === 'reset') {
    response.socket?.resetAndDestroy();
    return null;
  }
  response.setHeader('x-request-id', newId('req'));
  const isCut = loss === 'truncated';
  if (answer.kind === 'events') return sendEvents(response, answer.events, isCut);
  if (answer.kind === 'bytes') return sendBytes(response, answer.bytes, isCut);
  return sendJson(response, answer, isCut);
}

async function sendJson(
  response: ServerResponse,
  { status, body, headers }: Extract<Answer, { kind: 'json' }>,
  isCut: boolean,
): Promise<number | null> {
  const bytes = Buffer.from(JSON.stringify(body, null, 2));
  response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': bytes.length });
  if (isCut) return cut(response, bytes.subarray(0, bytes.length / 2));
  response.end(bytes);
  return status;
}

function sendBytes(response: ServerResponse, bytes: Buffer, isCut: boolean): number | null {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length });
  if (isCut) return cut(response, bytes.subarray(0, bytes.length / 2));
  response.end(bytes);
  return 200;
}

async function sendEvents(
  response: ServerResponse,
  events: AsyncIterable<StreamEvent>,
  isCut: boolean,
): Promise<number | null> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  for await (const event of events) {
    if (response.destroyed) return null;
    const text = `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
    // The start of the first item is the last event that is sent.
    if (isCut && event.type === 'response.output_item.added') return cut(response, text.slice(0, text.length / 2));
    response.write(text);
  }
  response.end();
  return 200;
}

function cut(response: ServerResponse, half: Buffer | string): null {
  response.write(half, () => response.socket?.destroy());
  return null;
}

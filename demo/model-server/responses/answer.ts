/** Sends an answer over HTTP, or drops it when a fault says so. */
import type { ServerResponse } from 'node:http';
import type { ApiError } from '../http/api-error.ts';
import type { ChatChunk } from '../chat/chat-answer.ts';
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
  | { readonly kind: 'events'; readonly events: AsyncIterable<StreamEvent> }
  | { readonly kind: 'chunks'; readonly chunks: AsyncIterable<ChatChunk> };

/** `truncated` ends the connection in the middle of the answer; `stall` leaves it open, and sends nothing more. */
export type Loss = 'reset' | 'hang' | 'truncated' | 'stall' | null;

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
  const cut = loss === 'truncated' || loss === 'stall' ? loss : null;
  if (answer.kind === 'events') return sendEvents(response, answer.events, cut);
  if (answer.kind === 'chunks') return sendChunks(response, answer.chunks, cut);
  if (answer.kind === 'bytes') return sendBytes(response, answer.bytes, cut);
  return sendJson(response, answer, cut);
}

type Cut = 'truncated' | 'stall' | null;

async function sendJson(
  response: ServerResponse,
  { status, body, headers }: Extract<Answer, { kind: 'json' }>,
  cut: Cut,
): Promise<number | null> {
  const bytes = Buffer.from(JSON.stringify(body, null, 2));
  response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': bytes.length });
  if (cut !== null) return sendHalf(response, bytes.subarray(0, bytes.length / 2), cut);
  response.end(bytes);
  return status;
}

function sendBytes(response: ServerResponse, bytes: Buffer, cut: Cut): number | null {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length });
  if (cut !== null) return sendHalf(response, bytes.subarray(0, bytes.length / 2), cut);
  response.end(bytes);
  return 200;
}

async function sendEvents(
  response: ServerResponse,
  events: AsyncIterable<StreamEvent>,
  cut: Cut,
): Promise<number | null> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  for await (const event of events) {
    if (response.destroyed) return null;
    const text = `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
    // The start of the first item is the last event that is sent.
    if (cut !== null && event.type === 'response.output_item.added') {
      return sendHalf(response, text.slice(0, text.length / 2), cut);
    }
    response.write(text);
  }
  response.end();
  return 200;
}

/** The chunks of a chat completion have no event names, and end with a line of their own. */
async function sendChunks(
  response: ServerResponse,
  chunks: AsyncIterable<ChatChunk>,
  cut: Cut,
): Promise<number | null> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  let sent = 0;
  for await (const chunk of chunks) {
    if (response.destroyed) return null;
    const text = `data: ${JSON.stringify(chunk)}\n\n`;
    if (cut !== null && sent === 1) return sendHalf(response, text.slice(0, text.length / 2), cut);
    response.write(text);
    sent += 1;
  }
  response.end('data: [DONE]\n\n');
  return 200;
}

function sendHalf(response: ServerResponse, half: Buffer | string, cut: 'truncated' | 'stall'): null {
  response.write(half, () => {
    if (cut === 'truncated') response.socket?.destroy();
  });
  return null;
}

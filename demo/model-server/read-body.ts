/** Reads the JSON body of a request. */
import type { IncomingMessage } from 'node:http';
import { malformedBody } from './api-error.ts';

export async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw malformedBody();
  }
}

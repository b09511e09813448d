/**
 * Forwards a plain request through the egress proxy to the checked address: it streams bodies and removes hop-by-hop
 * headers.
 */
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { EgressFilter } from './filter.ts';
import { absoluteUrl, connectTimeoutMilliseconds, endToEnd, portOf } from './message.ts';

export async function relay(filter: EgressFilter, incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  answer.on('error', () => answer.destroy());
  const url = absoluteUrl(incoming.url);
  if (url === null) filter.deny('the proxy itself', 'what was asked for is not the absolute address of a plain page');
  const judgement = url === null ? null : await filter.judge(url);
  // The browser may have disconnected while the name was resolved.
  if (incoming.socket.destroyed) return;
  if (judgement?.kind === 'unreachable') return refuse(answer, 502, 'The host name does not resolve.');
  if (url === null || judgement?.kind !== 'passes')
    return refuse(answer, 403, 'The network policy does not allow this address.');
  const outgoing = httpRequest({
    host: judgement.address,
    port: portOf(url),
    path: `${url.pathname}${url.search}`,
    method: incoming.method,
    headers: { ...endToEnd(incoming.headers), host: url.host },
    agent: false,
    timeout: connectTimeoutMilliseconds,
  });
  const fail = (): void => {
    if (answer.headersSent) answer.destroy();
    else answer.writeHead(502).end();
  };
  outgoing.on('response', (response) => {
    response.on('error', () => answer.destroy());
    try {
      answer.writeHead(response.statusCode ?? 502, endToEnd(response.headers));
      response.pipe(answer);
    } catch {
      // Node accepts some response heads that it refuses to write, such as a status of 0: without this, the error would
      // end the worker.
      outgoing.destroy();
      fail();
    }
  });
  // The limit applies to connecting only; the browser decides how long it waits for a response.
  outgoing.on('socket', (socket) => socket.once('connect', () => outgoing.setTimeout(0)));
  outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
  outgoing.on('error', fail);
  // An upgrade that nobody asked for closes without an error.
  outgoing.on('close', () => {
    if (!answer.headersSent) fail();
  });
  answer.on('close', () => outgoing.destroy());
  incoming.on('error', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

function refuse(answer: ServerResponse, status: number, sentence: string): void {
  answer.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
  answer.end(`<!doctype html><title>Refused</title><h1>Refused</h1><p>${sentence}</p>`);
}

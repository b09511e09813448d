/** Connections through the egress proxy that are joined byte by byte: tunnels (TLS, WebSockets) and plain upgrades. */
import type { IncomingMessage } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { EgressFilter } from './filter.ts';
import { absoluteUrl, connectTimeoutMilliseconds, portOf } from './message.ts';

/** Registers a socket, so that its errors are handled and it is closed with the proxy. */
export type Keep = <T extends Duplex>(socket: T) => T;

interface Asked {
  readonly incoming: IncomingMessage;
  readonly client: Duplex;
  /** Bytes that the browser sent without waiting for the answer. */
  readonly head: Buffer;
}

const forbidden = 'HTTP/1.1 403 Forbidden\r\n\r\n';
const badGateway = 'HTTP/1.1 502 Bad Gateway\r\n\r\n';
const established = 'HTTP/1.1 200 Connection Established\r\n\r\n';

/** Answers CONNECT. */
export async function tunnel(filter: EgressFilter, { incoming, client, head }: Asked, keep: Keep): Promise<void> {
  const url = filter.tunnelled(incoming.url ?? '');
  const upstream = await openUpstream(filter, url, client, keep);
  upstream?.once('connect', () => {
    client.write(established);
    upstream.write(head);
    join(client, upstream);
  });
}

/** A WebSocket without a tunnel: the request is written to the server, and the two sockets are joined. */
export async function upgrade(filter: EgressFilter, { incoming, client, head }: Asked, keep: Keep): Promise<void> {
  const url = absoluteUrl(incoming.url);
  if (url === null) filter.deny('the proxy itself', 'what was asked for is not the absolute address of a WebSocket');
  const upstream = await openUpstream(filter, url, client, keep);
  if (url === null) return;
  upstream?.once('connect', () => {
    // Header bytes are not text: they are passed on unchanged.
    upstream.write(upgradeRequest(incoming, url), 'latin1');
    upstream.write(head);
    join(client, upstream);
  });
}

function upgradeRequest(incoming: IncomingMessage, url: URL): string {
  const lines = [`${incoming.method ?? 'GET'} ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`];
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    const name = incoming.rawHeaders[index] ?? '';
    if (!/^(?:host|proxy-.*)$/i.test(name)) lines.push(`${name}: ${incoming.rawHeaders[index + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** A socket that is connecting to the checked address, or null after the client was told why there is none. */
async function openUpstream(filter: EgressFilter, url: URL | null, client: Duplex, keep: Keep): Promise<Socket | null> {
  const judgement = url === null ? null : await filter.judge(url);
  // The browser may have disconnected while the name was resolved.
  if (client.destroyed) return null;
  if (url === null || judgement?.kind !== 'passes') {
    client.end(judgement?.kind === 'unreachable' ? badGateway : forbidden);
    return null;
  }
  const { address } = judgement;
  const upstream = keep(connect({ host: address, port: portOf(url), family: isIP(address), allowHalfOpen: true }));
  const failed = (): void => {
    client.end(badGateway);
  };
  upstream.setTimeout(connectTimeoutMilliseconds, () => upstream.destroy(new Error('timeout')));
  upstream.once('error', failed);
  upstream.once('connect', () => {
    upstream.setTimeout(0);
    // From here on the client reads the server's bytes: an answer of ours would corrupt them.
    upstream.off('error', failed);
  });
  client.once('close', () => upstream.destroy());
  return upstream;
}

/** Ends the other side after the last byte when one side ends, and breaks it when one side breaks. */
function join(client: Duplex, upstream: Socket): void {
  client.pipe(upstream);
  upstream.pipe(client);
  upstream.once('close', (broken: boolean) => {
    if (broken) client.destroy();
    // Reads the rest of what the client sends, so that its socket closes.
    else client.resume();
  });
}

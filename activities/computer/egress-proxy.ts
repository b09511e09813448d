/**
 * The browser's only way out: a proxy on loopback that resolves each name once, refuses what the policy forbids, and
 * connects to the very address it checked. Routing in the browser is no boundary: redirects, workers and beacons pass it.
 */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { originMatches, type NetworkPolicy } from '../../workflows/contract/network.ts';
import { checkedAddress, EgressRefused, resolveBySystem, type Resolve } from '../http/resolve.ts';

export interface EgressDenial {
  readonly target: string;
  readonly reason: string;
}

export interface EgressProxy {
  readonly url: string;
  close(): Promise<void>;
}

export interface EgressProxyRequest {
  readonly policy: NetworkPolicy;
  readonly onDenied: (denial: EgressDenial) => void;
  readonly resolve?: Resolve;
}

const connectTimeoutMilliseconds = 15_000;
/** Ports that a tunnel may lead to besides those of allowed origins. */
const tunnelPorts = new Set(['80', '443', '8443', '']);
const hopByHop = new Set([
  'connection',
  'proxy-connection',
  'proxy-authorization',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
]);
const badGateway = 'HTTP/1.1 502 Bad Gateway\r\n\r\n';

export async function startEgressProxy(request: EgressProxyRequest): Promise<EgressProxy> {
  const gate = new Gate(request);
  const sockets = new Set<Duplex>();
  const keep = <T extends Duplex>(socket: T): T => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((incoming, answer) => {
    forward(gate, incoming, answer).catch(() => answer.destroy());
  });
  server.on('connection', keep);
  server.on('connect', (incoming, client, head) => {
    tunnel(gate, incoming, client, head, keep).catch(() => client.destroy());
  });
  server.on('upgrade', (incoming, client, head) => {
    upgrade(gate, incoming, client, head, keep).catch(() => client.destroy());
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the egress proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** Judges a target by the policy, tells of every denial, and gives the one address that may be connected to. */
class Gate {
  private readonly request: EgressProxyRequest;

  constructor(request: EgressProxyRequest) {
    this.request = request;
  }

  async pass(url: URL): Promise<string | null> {
    const { policy, resolve = resolveBySystem } = this.request;
    try {
      if (policy.load === 'listed' && !policy.navigate.some((pattern) => originMatches(pattern, url.href))) {
        throw new EgressRefused('it is not among the origins that the lead magnet allows');
      }
      return await checkedAddress(url, policy.allowPrivateOrigins, resolve);
    } catch (error) {
      if (error instanceof EgressRefused) this.deny(url.origin, error.message);
      return null;
    }
  }

  deny(target: string, reason: string): void {
    this.request.onDenied({ target, reason });
  }

  allowsPort(url: URL): boolean {
    const { navigate, allowPrivateOrigins } = this.request.policy;
    return (
      tunnelPorts.has(url.port) ||
      [...navigate, ...allowPrivateOrigins].some((origin) => originMatches(origin, url.href))
    );
  }
}

async function forward(gate: Gate, incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  const url = absoluteUrl(incoming.url);
  const address = url === null ? null : await gate.pass(url);
  if (url === null || address === null) {
    answer.writeHead(403, { 'content-type': 'text/html; charset=utf-8' });
    answer.end(
      '<!doctype html><title>Refused</title><h1>Refused</h1><p>This address may not be reached from here.</p>',
    );
    return;
  }
  const outgoing = httpRequest({
    host: address,
    port: url.port === '' ? 80 : Number(url.port),
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
      // A head that Node takes but does not write, like a status of 0: thrown on, it would end the worker.
      outgoing.destroy();
      fail();
    }
  });
  // The limit is for connecting: how long a page is waited for is the browser's to say.
  outgoing.on('socket', (socket) => socket.once('connect', () => outgoing.setTimeout(0)));
  outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
  outgoing.on('error', fail);
  // A switch of protocols that nobody asked for closes without an error.
  outgoing.on('close', () => {
    if (!answer.headersSent) fail();
  });
  answer.on('close', () => outgoing.destroy());
  incoming.on('error', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

async function tunnel(
  gate: Gate,
  incoming: IncomingMessage,
  client: Duplex,
  head: Buffer,
  keep: <T extends Duplex>(socket: T) => T,
): Promise<void> {
  keep(client);
  // A tunnel names host and port alone. On port 80 it carries a WebSocket; elsewhere TLS, unless an http origin is listed.
  const target = incoming.url ?? '';
  const candidates = (target.endsWith(':80') ? ['http'] : ['https', 'http']).flatMap((scheme) =>
    URL.canParse(`${scheme}://${target}`) ? [new URL(`${scheme}://${target}`)] : [],
  );
  const url = candidates.find((candidate) => gate.allowsPort(candidate)) ?? candidates[0];
  if (url === undefined || !gate.allowsPort(url)) {
    gate.deny(target, 'tunnels may not lead to this port');
    client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    return;
  }
  const address = await gate.pass(url);
  if (address === null) {
    client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    return;
  }
  const upstream = connectTo(address, url, keep);
  upstream.on('connect', () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    upstream.write(head);
    join(client, upstream);
  });
  upstream.on('error', () => client.end(badGateway));
}

/** A WebSocket without a tunnel: the request is written on as it came, and the two sockets are joined. */
async function upgrade(
  gate: Gate,
  incoming: IncomingMessage,
  client: Duplex,
  head: Buffer,
  keep: <T extends Duplex>(socket: T) => T,
): Promise<void> {
  keep(client);
  const url = absoluteUrl(incoming.url);
  const address = url === null ? null : await gate.pass(url);
  if (url === null || address === null) {
    client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    return;
  }
  const upstream = connectTo(address, url, keep);
  upstream.on('error', () => client.end(badGateway));
  upstream.on('connect', () => {
    const lines = [`${incoming.method ?? 'GET'} ${url.pathname}${url.search} HTTP/1.1`];
    for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
      lines.push(`${incoming.rawHeaders[index]}: ${incoming.rawHeaders[index + 1]}`);
    }
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    join(client, upstream);
  });
}

function connectTo(address: string, url: URL, keep: <T extends Duplex>(socket: T) => T): Socket {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const socket = keep(connect({ host: address, port, family: isIP(address) }));
  socket.setTimeout(connectTimeoutMilliseconds, () => socket.destroy(new Error('timeout')));
  socket.on('connect', () => socket.setTimeout(0));
  return socket;
}

function join(client: Duplex, upstream: Socket): void {
  if (client.destroyed) upstream.destroy();
  client.pipe(upstream);
  upstream.pipe(client);
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroy());
}

/** Headers without those that were for this connection alone. */
function endToEnd<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}

function absoluteUrl(text: string | undefined): URL | null {
  return text !== undefined && /^(?:http|ws):\/\//.test(text) && URL.canParse(text) ? new URL(text) : null;
}

/** A server on loopback that counts what reaches it: requests, upgrades, and connections that ask for nothing. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface CountingServer {
  /** Without a slash at the end. */
  readonly origin: string;
  readonly port: number;
  readonly received: readonly Received[];
  readonly connections: number;
  close(): Promise<void>;
}

type Answer = (response: ServerResponse, request: Received) => void;

/** Listens until the test is over. Without an answer of its own it says `hello`. */
export async function countingServer(answer: Answer = (response) => response.end('hello')): Promise<CountingServer> {
  const server = await startCountingServer(answer);
  onTestFinished(() => server.close());
  return server;
}

/** Listens until it is closed. */
export async function startCountingServer(answer: Answer): Promise<CountingServer> {
  const received: Received[] = [];
  let connections = 0;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    const whole = { method, url, headers, body: await text(request) };
    received.push(whole);
    answer(response, whole);
  };
  const server = createServer((request, response) => {
    // A request that was cut off gets no answer.
    take(request, response).catch(() => response.destroy());
  });
  server.on('connection', () => (connections += 1));
  server.on('upgrade', ({ method = '', url = '', headers }: IncomingMessage, socket) => {
    received.push({ method, url, headers, body: '' });
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    port: address.port,
    received,
    get connections() {
      return connections;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

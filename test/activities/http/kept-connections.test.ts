/** Connections of guarded requests are kept for the next one to the same origin, and the check of the address holds for each. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createGuardedHttp, EgressRefused, HttpUnreachable } from '../../../activities/http/guarded-fetch.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { ask } from './ask.ts';

it('L11: ten requests after one another use one connection, and ten at once at most ten', async () => {
  const server = await countingServer();
  const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
  for (let count = 0; count < 10; count += 1) {
    expect((await http.request(ask(server.origin))).status).toBe(200);
  }
  expect(server.connections).toBe(1);
  await Promise.all(Array.from({ length: 10 }, () => http.request(ask(server.origin))));
  expect(server.connections).toBeLessThanOrEqual(10);
  expect(server.received).toHaveLength(20);
});

it('L11: a kept connection serves no request whose name now has another address, or one that is refused', async () => {
  const server = await countingServer();
  const origin = `http://hooks.example:${server.port}`;
  // The addresses of the name, one request after another.
  const addresses = ['127.0.0.1', '127.0.0.1', '::1'];
  const next = async (): Promise<readonly string[]> => [addresses.shift() ?? '::1'];
  const http = createGuardedHttp({ allowPrivateOrigins: [origin], resolve: next });
  await http.request(ask(origin));
  await http.request(ask(origin));
  expect(server.connections).toBe(1);
  // Nothing listens at the second address: the connection to the first one must not be taken for it.
  await expect(http.request(ask(origin))).rejects.toThrow(HttpUnreachable);
  const guarded = createGuardedHttp({ allowPrivateOrigins: [], resolve: async () => ['127.0.0.1'] });
  await expect(guarded.request(ask(origin))).rejects.toThrow(EgressRefused);
  expect(server.received).toHaveLength(2);
});

it('L11: a GET whose kept connection the server has just closed is sent over a new one', async () => {
  const server = await breakingServer();
  const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
  for (const path of ['/first', '/second']) {
    expect((await http.request(ask(`${server.origin}${path}`))).bodyText).toBe('ok');
  }
  expect(server.sockets).toHaveLength(2);
  expect(server.requests).toHaveLength(3);
});

it('L11: a POST has a connection of its own, and is not sent again when its server dies with it', async () => {
  const server = await breakingServer();
  const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
  expect((await http.request(ask(server.origin))).bodyText).toBe('ok');
  for (const body of ['first', 'second']) {
    expect((await http.request(ask(server.origin, { method: 'POST', body }))).bodyText).toBe('ok');
  }
  expect(server.sockets).toHaveLength(3);
  server.breakAll();
  await expect(http.request(ask(server.origin, { method: 'POST', body: 'x' }))).rejects.toThrow(HttpUnreachable);
  expect(server.requests).toHaveLength(4);
});

/** Breaks the first connection at its second request, and every one at each request after `breakAll`. */
async function breakingServer() {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  let breaksAll = false;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      requests.push(data.toString());
      if (breaksAll || (socket === sockets[0] && requests.length > 1)) socket.resetAndDestroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { origin: `http://127.0.0.1:${address.port}`, sockets, requests, breakAll: () => (breaksAll = true) };
}

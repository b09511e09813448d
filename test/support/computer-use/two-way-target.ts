/** A port that counts what reaches it by TCP and by UDP. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { startCountingServer } from '../http/counting-server.ts';

export interface Target {
  readonly port: number;
  /** What has arrived so far. */
  readonly arrived: { readonly request: number; readonly connection: number; readonly datagram: number };
  close(): Promise<void>;
}

export async function startTarget(): Promise<Target> {
  const server = await startCountingServer((response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' }).end('there');
  });
  let datagram = 0;
  const socket = createSocket('udp4', () => (datagram += 1));
  socket.bind(server.port, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: server.port,
    get arrived() {
      return { request: server.received.length, connection: server.connections, datagram };
    },
    async close() {
      socket.close();
      await server.close();
    },
  };
}

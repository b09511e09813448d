/** One connection to a browser host: requests from the socket to the host, its replies back. */
import type { Socket } from 'node:net';
import { createFrameReader, encodeFrame } from './connection/frames.ts';
import type { BrowserHost, Peer } from './host.ts';

export function serve(connection: Socket, host: BrowserHost): void {
  const peer: Peer = {
    reply: (reply, bytes) => {
      if (connection.writable) connection.write(encodeFrame(reply, bytes));
    },
  };
  const read = createFrameReader(({ message, bytes }) => {
    host.receive(peer, message, bytes).catch(() => connection.destroy());
  });
  connection.on('data', (piece: Buffer) => {
    try {
      read(piece);
    } catch {
      connection.destroy();
    }
  });
  // Whoever drives it may die; the browser goes on until its lease is over.
  connection.on('error', () => undefined);
}

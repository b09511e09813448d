/** One connection to a browser host: passes requests from the socket to the host, and its replies back. */
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
  // The owner may die; the browser stays until its lease has expired.
  connection.on('error', () => undefined);
}

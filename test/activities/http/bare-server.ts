/** A server below HTTP, for answers that no correct server gives: it records what it received and answers byte by byte. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';

/** Answers each connection's first bytes with the text as it is given, and then ends the connection or breaks it. */
export async function bareServer(said: string, then: 'end' | 'reset' = 'end') {
  const heard = Promise.withResolvers<string>();
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (bytes) => {
      heard.resolve(bytes.toString('latin1'));
      if (then === 'end') socket.end(said);
      else socket.write(said, () => socket.resetAndDestroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const { port } = address;
  return { port, origin: `http://127.0.0.1:${port}`, heard: heard.promise };
}

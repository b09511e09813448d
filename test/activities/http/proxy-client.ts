/** Clients of a proxy on loopback that say what a browser would, and what none should. */
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** A plain request, as a browser sends it to its proxy. */
export async function get(port: number, url: string, headers: Record<string, string> = {}) {
  const outgoing = httpRequest({ host: '127.0.0.1', port, path: url, headers, agent: false });
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  return { status: Number(response.statusCode), body: await text(response) };
}

/** Writes to the proxy as it stands and gives all that comes back. */
export async function raw(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return text(socket);
}

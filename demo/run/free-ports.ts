/** Finds free ports, so that demos and tests can run at the same time. */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * The range lies below the ports for outgoing connections (from 32768 on Linux, from 49152 elsewhere). Any browser may take
 * one of those before our process listens on it.
 */
const lowest = 20_000;
const highest = 32_000;
const mostTries = 100;

export async function freePorts(count: number): Promise<readonly number[]> {
  // All ports are held open until all are found. A port that is closed at once could be found again.
  const servers: Server[] = [];
  try {
    const ports: number[] = [];
    for (let tries = 0; ports.length < count; tries += 1) {
      if (tries === mostTries) throw new Error(`no ${count} free ports were found between ${lowest} and ${highest}`);
      const port = randomInt(lowest, highest);
      const server = createServer();
      if (!(await listens(server, port))) continue;
      servers.push(server);
      ports.push(port);
    }
    return ports;
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
}

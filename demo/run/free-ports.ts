/** Ports that are free at the moment, so that demos and tests run side by side. */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (from 32768 on Linux, from 49152 elsewhere): one of those may
 * be taken by any browser between being found free and being listened at.
 */
const lowest = 20_000;
const highest = 32_000;
const mostTries = 100;

export async function freePorts(count: number): Promise<readonly number[]> {
  // All are held open until all are known: one that is closed at once may be found again.
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

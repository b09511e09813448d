/** Waits until a part's addresses are free: leftovers of a killed process may hold them for a moment. */
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const pollMilliseconds = 100;
/** After this time another program has the port, and will not release it. */
const patienceMilliseconds = 30_000;

/**
 * Returns when all are free. Throws with a sentence when one is not after the time limit, and when the signal aborts.
 */
export async function untilFree(
  addresses: readonly Address[],
  signal: AbortSignal,
  patience = patienceMilliseconds,
): Promise<void> {
  const latest = Date.now() + patience;
  for (const address of addresses) {
    while (!(await isFree(address))) {
      if (Date.now() >= latest) throw new Error(`port ${address.port} is in use by another program`);
      await delay(pollMilliseconds, undefined, { signal });
    }
  }
}

/**
 * Whether the address can be listened on. An address that this machine does not have is left to the part, which reports
 * it.
 */
async function isFree({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(!('code' in error) || error.code !== 'EADDRINUSE'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

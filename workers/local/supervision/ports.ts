/** Waits until what a part listens at is free: what a killed process left behind may hold it for a moment. */
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const pollMilliseconds = 100;
/** After this another program has taken the port, and does not give it back. */
const patienceMilliseconds = 30_000;

/** Returns when all are free. Throws with a sentence when one is not after a time, and when the signal aborts. */
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

/** Whether one can listen there. An address that this machine does not have is left to the part, which says so. */
async function isFree({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(!('code' in error) || error.code !== 'EADDRINUSE'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

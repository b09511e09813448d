/**
 * The browser's only way to the network: a proxy on loopback that resolves each name once, refuses what the policy
 * forbids, and connects to the address that it has checked. Request routing in the browser is no boundary, because
 * redirects, workers and beacons bypass it.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { createEgressFilter, type EgressFilter, type EgressFilterSettings } from './filter.ts';
import { relay } from './relay.ts';
import { tunnel, upgrade } from './tunnel.ts';

export type { EgressDenial } from './filter.ts';

export interface EgressProxy {
  readonly url: string;
  /** Destroys every connection, on both sides. */
  close(): Promise<void>;
}

/** A proxy whose browser has no session yet. */
export interface ClosedEgressProxy extends EgressProxy {
  /** From now on lets through what the policy of the browser's session allows. */
  open(settings: EgressFilterSettings): void;
}

/** Lets nothing through, and reports it to nobody: there is no session that it could belong to. */
const closedFilter: EgressFilter = {
  judge: async () => ({ kind: 'denied' }),
  tunnelled: () => null,
  deny: () => undefined,
};

/** Listens on a free loopback port until it is closed. */
export async function startEgressProxy(settings: EgressFilterSettings): Promise<EgressProxy> {
  const proxy = await startClosedEgressProxy();
  proxy.open(settings);
  return proxy;
}

/** Refuses every request until it is opened. */
export async function startClosedEgressProxy(): Promise<ClosedEgressProxy> {
  let filter = closedFilter;
  const sockets = new Set<Duplex>();
  const keep = <T extends Duplex>(socket: T): T => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((incoming, answer) => {
    relay(filter, incoming, answer).catch(() => answer.destroy());
  });
  server.on('connection', keep);
  server.on('connect', (incoming, client, head) => {
    tunnel(filter, { incoming, client, head }, keep).catch(() => client.destroy());
  });
  server.on('upgrade', (incoming, client, head) => {
    upgrade(filter, { incoming, client, head }, keep).catch(() => client.destroy());
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A connection that cannot be accepted for lack of file handles fails for the browser only, not for the worker.
  server.on('error', () => undefined);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the egress proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    open(settings) {
      filter = createEgressFilter(settings);
    },
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Serves the state of the installation's parts to Prometheus, for as long as the installation runs. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Address } from './ports.ts';
import type { PartReport } from './report.ts';

export interface PartMetrics {
  record(report: PartReport): void;
  close(): Promise<void>;
}

/** Serves them at `/metrics`. Throws with a sentence when it cannot listen there. */
export async function servePartMetrics({ host, port }: Address): Promise<PartMetrics> {
  const registers = [new Registry()];
  const labelNames = ['part'];
  const restarts = new Counter({
    name: 'lodestone_part_restarts_total',
    help: 'How often a part was started again after it had died',
    labelNames,
    registers,
  });
  const up = new Gauge({ name: 'lodestone_part_up', help: 'Whether a part runs: 1 or 0', labelNames, registers });
  const counted = new Map<string, number>();
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const found = request.url === '/metrics';
      response.writeHead(found ? 200 : 404, { 'content-type': registers[0]?.contentType ?? 'text/plain' });
      response.end(found ? await registers[0]?.metrics() : 'not found\n');
    };
    answer().catch(() => response.destroy());
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`The metrics of the parts cannot be told at ${host}:${port}: ${message}`, { cause: error });
  }
  return {
    record({ name: part, state, restarts: count }) {
      restarts.inc({ part }, count - (counted.get(part) ?? 0));
      counted.set(part, count);
      up.set({ part }, state === 'running' ? 1 : 0);
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

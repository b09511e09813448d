/** The parts of one machine, as they are started and kept up: Temporal's dev server, the API, and a worker a queue. */
import { join } from 'node:path';
import { queueKinds, type QueueKind } from '../../workflows/contract/names.ts';
import { spawnChild } from './child.ts';
import type { PartRequest } from './supervision/part.ts';
import type { Address } from './supervision/ports.ts';
import { temporalAnswers } from './temporal-health.ts';
import { spawnTemporalServer } from './temporal-server.ts';
import { toolPath } from './tools.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
type Plan = Omit<PartRequest, 'onChange'>;

const root = join(import.meta.dirname, '..', '..');
const loopback = '127.0.0.1';

/** Each process tells its metrics at a port of its own: that of the setting, and those after it. */
export function metricsOf(
  kind: QueueKind,
  { LODESTONE_METRICS_ADDRESS: address = '' }: Environment,
): { readonly LODESTONE_METRICS_ADDRESS?: string } {
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  // One that is not right is refused by the worker, which says so.
  if (host === undefined) return {};
  return { LODESTONE_METRICS_ADDRESS: `${host}:${Number(port) + queueKinds.indexOf(kind)}` };
}

export function temporalPart(ports: { readonly temporal: number; readonly temporalUi: number }, folder: string): Plan {
  const { temporal: port, temporalUi: uiPort } = ports;
  return {
    name: 'temporal',
    spawn: () => spawnTemporalServer({ executable: toolPath('temporalCli'), port, uiPort, dataFolder: folder }),
    addresses: [port, uiPort].map((port) => ({ host: loopback, port })),
    answers: (signal) => temporalAnswers(`${loopback}:${port}`, signal),
  };
}

export function apiPart(port: number, environment: Environment): Plan {
  return {
    name: 'api',
    spawn: () => spawnChild({ name: 'api', file: join(root, 'client/api/main.ts'), environment }),
    addresses: [{ host: environment['LODESTONE_API_HOST'] ?? loopback, port }],
  };
}

export function workerPart(kind: QueueKind, environment: Environment): Plan {
  const name = `worker ${kind}`;
  const metrics = metricsOf(kind, environment);
  return {
    name,
    spawn: () =>
      spawnChild({
        name,
        file: join(root, 'workers/main.ts'),
        parameters: ['--queues', kind],
        environment: { ...environment, ...metrics },
      }),
    addresses: addressesOf(metrics.LODESTONE_METRICS_ADDRESS),
  };
}

function addressesOf(metricsAddress: string | undefined): readonly Address[] {
  const [, host = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(metricsAddress ?? '') ?? [];
  return port === undefined ? [] : [{ host, port: Number(port) }];
}

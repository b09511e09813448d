/**
 * The parts of one machine, and how they are started and supervised: Temporal's dev server, the API, and a worker a
 * usual queue.
 */
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

/** Each worker serves its metrics on its own port: the configured one, and those after it. */
export function metricsOf(kind: QueueKind, environment: Environment): { readonly LODESTONE_METRICS_ADDRESS?: string } {
  const address = metricsAddress(environment, queueKinds.indexOf(kind));
  return address === null ? {} : { LODESTONE_METRICS_ADDRESS: textOf(address) };
}

/** The API has the port after that of the parts, unless it is given an address. */
export function apiMetricsOf(environment: Environment): { readonly LODESTONE_API_METRICS_ADDRESS?: string } {
  const given = environment['LODESTONE_API_METRICS_ADDRESS'] ?? '';
  const address = metricsAddress(environment, queueKinds.length + 1);
  return given !== '' || address === null ? {} : { LODESTONE_API_METRICS_ADDRESS: textOf(address) };
}

function textOf({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Where the metrics of the parts themselves are served: on the port after those of the workers. */
export function partMetricsAddress(environment: Environment): Address | null {
  return metricsAddress(environment, queueKinds.length);
}

function metricsAddress({ LODESTONE_METRICS_ADDRESS: setting = '' }: Environment, offset: number): Address | null {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(setting) ?? [];
  // An invalid address is refused by the worker, which reports it.
  return host === undefined ? null : { host, port: Number(port) + offset };
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
    spawn: () =>
      spawnChild({
        name: 'api',
        file: join(root, 'client/api/main.ts'),
        environment: { ...environment, ...apiMetricsOf(environment) },
      }),
    addresses: [{ host: environment['LODESTONE_API_HOST'] ?? loopback, port }],
  };
}

export function workerPart(kind: QueueKind, environment: Environment): Plan {
  const name = `worker ${kind}`;
  const metrics = metricsAddress(environment, queueKinds.indexOf(kind));
  return {
    name,
    spawn: () =>
      spawnChild({
        name,
        file: join(root, 'workers/main.ts'),
        parameters: ['--queues', kind],
        environment: { ...environment, ...metricsOf(kind, environment) },
      }),
    addresses: metrics === null ? [] : [metrics],
  };
}

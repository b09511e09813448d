/** All parts of one machine: Temporal's dev server, the API, and a worker a queue, started and stopped in order. */
import { join } from 'node:path';
import { queueKinds, type QueueKind } from '../../workflows/contract/names.ts';
import { spawnChild, type Child } from './child.ts';
import { Stopped } from './stop-request.ts';
import { spawnTemporalServer } from './temporal-server.ts';
import { toolPath } from './tools.ts';

export interface StackRequest {
  readonly dataFolder: string;
  readonly ports: { readonly temporal: number; readonly temporalUi: number; readonly api: number };
  /** Settings for the workers and the API besides those that follow from the ports and the folder. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** An existing Temporal server; none is started then. */
  readonly temporalAddress?: string | undefined;
  readonly progress: (line: string) => void;
  /** Resolves when all is to stop: a start under way is broken off then, with `Stopped`. */
  readonly stopped: Promise<void>;
}

export interface Stack {
  readonly apiUrl: string;
  readonly temporalUiUrl: string;
  readonly temporalAddress: string;
  api(): Child;
  /** The process that serves a queue. */
  worker(kind: QueueKind): Child;
  /** Starts the process of a queue anew, after it was killed. */
  restartWorker(kind: QueueKind): Promise<void>;
  /** Rejects when a part ends that nobody stopped. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');

/** Each worker tells its metrics at a port of its own: that of the setting, and those after it. */
export function metricsOf(
  kind: QueueKind,
  { LODESTONE_METRICS_ADDRESS: address = '' }: StackRequest['environment'],
): { readonly LODESTONE_METRICS_ADDRESS?: string } {
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  // One that is not right is refused by the worker, which says so.
  if (host === undefined) return {};
  return { LODESTONE_METRICS_ADDRESS: `${host}:${Number(port) + queueKinds.indexOf(kind)}` };
}

/** Starts all parts. When one cannot be, or a stop is asked for, those that were begun have ended before it throws. */
export async function startStack(request: StackRequest): Promise<Stack> {
  const { ports, dataFolder, progress } = request;
  const temporalAddress = request.temporalAddress ?? `127.0.0.1:${ports.temporal}`;
  const temporalUiUrl = `http://127.0.0.1:${ports.temporalUi}`;
  const environment = {
    ...request.environment,
    TEMPORAL_ADDRESS: temporalAddress,
    LODESTONE_DATA_DIR: dataFolder,
    LODESTONE_API_PORT: String(ports.api),
    LODESTONE_TEMPORAL_UI_URL: request.environment['LODESTONE_TEMPORAL_UI_URL'] ?? temporalUiUrl,
  };
  const parts: Child[] = [];
  const workers = new Map<QueueKind, Child>();
  let stopping = false;
  const stop = async (): Promise<void> => {
    stopping = true;
    // The newest first: workers hand over what they do while the server is still there to take it.
    await Promise.all([...workers.values()].map((worker) => worker.stop()));
    for (const part of parts.toReversed()) await part.stop();
  };
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  /** Takes a child in from its spawn on, so that a stop reaches it also before it is ready. */
  const adopt = async (child: Child, isCurrent: () => boolean = () => true): Promise<void> => {
    const tell = (): void => {
      if (!stopping && isCurrent()) fail(new Error(`${child.name} ended by itself:\n${child.lastWords()}`));
    };
    void child.ended.then(tell);
    await child.ready;
    if (stopping) throw new Stopped(`${child.name} was stopped`);
  };
  const startWorker = async (kind: QueueKind): Promise<void> => {
    const parameters = ['--queues', kind];
    const child = spawnChild({
      name: `worker ${kind}`,
      file: join(root, 'workers/main.ts'),
      parameters,
      environment: { ...environment, ...metricsOf(kind, environment) },
    });
    workers.set(kind, child);
    await adopt(child, () => workers.get(kind) === child);
  };
  const startPart = async (child: Child): Promise<void> => {
    parts.push(child);
    await adopt(child);
  };
  const startAll = async (): Promise<void> => {
    if (request.temporalAddress === undefined) {
      progress('starting Temporal');
      const { temporal: port, temporalUi: uiPort } = ports;
      await startPart(spawnTemporalServer({ executable: toolPath('temporalCli'), port, uiPort, dataFolder }));
    }
    progress('starting the API and the workers');
    const api = spawnChild({ name: 'api', file: join(root, 'client/api/main.ts'), environment });
    await Promise.all([startPart(api), ...queueKinds.map(startWorker)]);
  };

  const stopped = request.stopped.then(() => {
    throw new Stopped('stopped while it was starting');
  });
  stopped.catch(() => undefined);
  try {
    await Promise.race([startAll(), stopped]);
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    apiUrl: `http://127.0.0.1:${ports.api}`,
    temporalUiUrl,
    temporalAddress,
    api() {
      const child = parts.find(({ name }) => name === 'api');
      if (child === undefined) throw new Error('no API is there');
      return child;
    },
    worker(kind) {
      const child = workers.get(kind);
      if (child === undefined) throw new Error(`no worker serves ${kind}`);
      return child;
    },
    async restartWorker(kind) {
      workers.delete(kind);
      await startWorker(kind);
    },
    failed,
    stop,
  };
}

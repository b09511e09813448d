/** All parts of one machine: Temporal's dev server, the API, and a worker a queue, started and stopped in order. */
import { join } from 'node:path';
import { queueKinds, type QueueKind } from '../../workflows/contract/names.ts';
import { startChild, type Child } from './child.ts';
import { startTemporalServer } from './temporal-server.ts';
import { toolPath } from './tools.ts';

export interface StackRequest {
  readonly dataFolder: string;
  readonly ports: { readonly temporal: number; readonly temporalUi: number; readonly api: number };
  /** Settings for the workers and the API besides those that follow from the ports and the folder. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** An existing Temporal server; none is started then. */
  readonly temporalAddress?: string | undefined;
  readonly progress: (line: string) => void;
}

export interface Stack {
  readonly apiUrl: string;
  readonly temporalUiUrl: string;
  readonly temporalAddress: string;
  /** The process that serves a queue. */
  worker(kind: QueueKind): Child;
  /** Starts the process of a queue anew, after it was killed. */
  restartWorker(kind: QueueKind): Promise<void>;
  /** Rejects when a part ends that nobody stopped. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');

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
  const started: Child[] = [];
  const stop = async (): Promise<void> => {
    // The newest first: workers hand over what they do while the server is still there to take it.
    const parts = [...workers.values(), ...started.toReversed()];
    stopping = true;
    await Promise.all([...workers.values()].map((worker) => worker.stop()));
    for (const part of parts.slice(workers.size)) await part.stop();
  };
  const workers = new Map<QueueKind, Child>();
  let stopping = false;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);
  const watch = (child: Child, isCurrent: () => boolean): void => {
    const tell = (): void => {
      if (!stopping && isCurrent()) fail(new Error(`${child.name} ended by itself`));
    };
    void child.ended.then(tell);
  };
  const startWorker = async (kind: QueueKind): Promise<void> => {
    const parameters = ['--queues', kind];
    const child = await startChild({
      name: `worker ${kind}`,
      file: join(root, 'workers/main.ts'),
      parameters,
      environment,
    });
    workers.set(kind, child);
    watch(child, () => workers.get(kind) === child);
  };

  try {
    if (request.temporalAddress === undefined) {
      progress('starting Temporal');
      const { temporal: port, temporalUi: uiPort } = ports;
      started.push(await startTemporalServer({ executable: toolPath('temporalCli'), port, uiPort, dataFolder }));
    }
    progress('starting the API and the workers');
    const api = startChild({ name: 'api', file: join(root, 'client/api/main.ts'), environment });
    await Promise.all([...queueKinds.map(startWorker), api]);
    started.push(await api);
  } catch (error) {
    await stop();
    throw error;
  }
  for (const child of started) watch(child, () => true);

  return {
    apiUrl: `http://127.0.0.1:${ports.api}`,
    temporalUiUrl,
    temporalAddress,
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

/** All parts of one machine: started in order, supervised, and stopped in order. */
import { usualQueueKinds, type QueueKind } from '../../workflows/contract/names.ts';
import { apiPart, temporalPart, workerPart, type Environment } from './parts.ts';
import { Stopped, type StopRequest } from './stop-request.ts';
import { Part, type PartRequest } from './supervision/part.ts';
import type { OnChange } from './supervision/report.ts';

export interface StackRequest {
  readonly dataFolder: string;
  readonly ports: { readonly temporal: number; readonly temporalUi: number; readonly api: number };
  /** Settings for the workers and the API besides those that follow from the ports and the folder. */
  readonly environment: Environment;
  /** The queues that get a worker. Default: the usual ones. */
  readonly queues?: readonly QueueKind[];
  /** An existing Temporal server; none is started then. */
  readonly temporalAddress?: string | undefined;
  readonly progress: (line: string) => void;
  /** Called when a part dies, is started again, or is given up. */
  readonly onChange: OnChange;
  /** It interrupts a start under way with `Stopped`; a forced stop kills what is left. */
  readonly stopRequest: StopRequest;
}

export interface Stack {
  readonly apiUrl: string;
  readonly temporalUiUrl: string;
  readonly temporalAddress: string;
  api(): Part;
  /** The part that serves a queue. */
  worker(kind: QueueKind): Part;
  /** Rejects when a part is given up. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Starts all parts. When one cannot be started, or a stop is requested, the started ones have ended before it throws.
 */
export async function startStack(request: StackRequest): Promise<Stack> {
  const { ports, dataFolder, progress, onChange } = request;
  const temporalAddress = request.temporalAddress ?? `127.0.0.1:${ports.temporal}`;
  const temporalUiUrl = `http://127.0.0.1:${ports.temporalUi}`;
  const environment = {
    ...request.environment,
    TEMPORAL_ADDRESS: temporalAddress,
    LODESTONE_DATA_DIR: dataFolder,
    LODESTONE_API_PORT: String(ports.api),
    LODESTONE_TEMPORAL_UI_URL: request.environment['LODESTONE_TEMPORAL_UI_URL'] ?? temporalUiUrl,
  };
  const parts = new Map<string, Part>();
  let stopping = false;
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  /** Registers a part when its start begins, so that a stop reaches it before it is up. */
  const start = async (plan: Omit<PartRequest, 'onChange'>): Promise<void> => {
    if (stopping) throw new Stopped('stopped while it was starting');
    const part = new Part({ ...plan, onChange });
    parts.set(part.name, part);
    part.givenUp.catch(fail);
    await part.started;
  };
  const workers = (request.queues ?? usualQueueKinds).map((kind) => workerPart(kind, environment));
  const stop = async (): Promise<void> => {
    stopping = true;
    const stopNamed = async (name: string): Promise<void> => parts.get(name)?.stop();
    // Workers hand over their work while the server still runs.
    await Promise.all(workers.map(({ name }) => stopNamed(name)));
    await stopNamed('api');
    await stopNamed('temporal');
  };
  void request.stopRequest.forced.then(() => Promise.all([...parts.values()].map((part) => part.end())));
  const startAll = async (): Promise<void> => {
    if (request.temporalAddress === undefined) {
      progress('starting Temporal');
      await start(temporalPart(ports, dataFolder));
    }
    progress('starting the API and the workers');
    await Promise.all([apiPart(ports.api, environment), ...workers].map(start));
  };

  const stopped = request.stopRequest.asked.then(() => {
    throw new Stopped('stopped while it was starting');
  });
  stopped.catch(() => undefined);
  try {
    await Promise.race([startAll(), stopped]);
  } catch (error) {
    await stop();
    throw error;
  }
  const named = (name: string): Part => {
    const part = parts.get(name);
    if (part === undefined) throw new Error(`there is no part ${name}`);
    return part;
  };
  return {
    apiUrl: `http://127.0.0.1:${ports.api}`,
    temporalUiUrl,
    temporalAddress,
    api: () => named('api'),
    worker: (kind) => named(`worker ${kind}`),
    failed,
    stop,
  };
}

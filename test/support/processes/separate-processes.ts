/** Temporal's dev server, the API and a worker as processes of their own, for a test that kills them one by one. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePorts } from '../../../demo/run/free-ports.ts';
import { spawnChild, type Child } from '../../../workers/local/child.ts';
import { spawnTemporalServer } from '../../../workers/local/temporal-server.ts';
import type { StorePlace } from '../../../store/store.ts';
import { toolPath } from '../../../workers/local/tools.ts';
import { databaseSettings, temporaryFolder } from '../temporary-store.ts';

const root = join(import.meta.dirname, '..', '..', '..');

export interface SeparateProcesses {
  /** Of the API. */
  readonly url: string;
  readonly temporalAddress: string;
  /** Of the store. */
  readonly place: StorePlace;
  /** Each starts a process on the same ports and the same folder as before, and waits until it is ready. */
  startTemporal(): Promise<Child>;
  startApi(): Promise<Child>;
  /** Of the usual queues, unless it is told which. */
  startWorker(...queues: readonly string[]): Promise<Child>;
  killAll(): Promise<void>;
}

/** Nothing is started yet. What is left at the end of the test is killed, and its folder removed. */
export async function separateProcesses(environment: Readonly<Record<string, string>>): Promise<SeparateProcesses> {
  const dataFolder = await temporaryFolder();
  const [port = 0, uiPort = 0, apiPort = 0] = await freePorts(3);
  const database = await databaseSettings();
  const settings = {
    ...process.env,
    ...database,
    ...environment,
    TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
    LODESTONE_DATA_DIR: dataFolder,
    LODESTONE_API_PORT: String(apiPort),
    LODESTONE_LOG_LEVEL: 'error',
  };
  const children = new Set<Child>();
  const killAll = async (): Promise<void> => {
    await Promise.all([...children].map((child) => child.kill()));
    children.clear();
  };
  onTestFinished(killAll);
  const started = async (child: Child): Promise<Child> => {
    children.add(child);
    await child.ready;
    return child;
  };
  const spawned = (name: string, file: string, parameters: readonly string[] = []): Promise<Child> =>
    started(spawnChild({ name, file: join(root, file), parameters, environment: settings }));
  return {
    url: `http://127.0.0.1:${apiPort}`,
    temporalAddress: `127.0.0.1:${port}`,
    place: { dataFolder, databaseUrl: database['LODESTONE_DATABASE_URL'] },
    startTemporal: () =>
      started(spawnTemporalServer({ executable: toolPath('temporalCli'), port, uiPort, dataFolder })),
    startApi: () => spawned('api', 'client/api/main.ts'),
    startWorker: (...queues) =>
      spawned('worker', 'workers/main.ts', queues.length === 0 ? [] : ['--queues', queues.join(',')]),
    killAll,
  };
}

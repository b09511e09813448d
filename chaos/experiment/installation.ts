/**
 * The parts that experiments need, each in a process of its own and started again whenever it ends, as an installation with a
 * patient supervisor does: that of `npm start` gives a part up that dies ten times within some minutes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../demo/run/free-ports.ts';
import { spawnChild } from '../../workers/local/child.ts';
import { heapArguments } from '../../workers/local/heap.ts';
import { spawnTemporalServer } from '../../workers/local/temporal-server.ts';
import { toolPath } from '../../workers/local/tools.ts';

const root = join(import.meta.dirname, '..', '..');

/** A process that is started again when it ends. */
export interface Part {
  readonly pid: () => number;
  /** SIGKILL; returns when it is ready again. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface Installation {
  readonly apiUrl: string;
  readonly temporalAddress: string;
  readonly temporal: Part;
  readonly sandboxWorker: Part;
  /** Where all processes keep temporary files. */
  readonly temporaryFolder: string;
  readonly stop: () => Promise<void>;
}

export async function startInstallation(folder: string, slots: number): Promise<Installation> {
  const [port = 0, uiPort = 0, apiPort = 0] = await freePorts(3);
  const temporaryFolder = join(folder, 'temporary');
  const dataFolder = join(folder, 'data');
  await mkdir(temporaryFolder);
  const environment = {
    ...process.env,
    TMPDIR: temporaryFolder,
    TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
    LODESTONE_DATA_DIR: dataFolder,
    LODESTONE_API_PORT: String(apiPort),
    LODESTONE_SANDBOXES: String(slots),
    LODESTONE_LOG_LEVEL: 'error',
  };
  const parts: Part[] = [];
  const start = async (spawnIt: () => Started): Promise<Part> => {
    const part = await keep(spawnIt);
    parts.push(part);
    return part;
  };
  const stop = async (): Promise<void> => {
    for (const part of parts.toReversed()) await part.stop();
  };
  try {
    const temporal = await start(() =>
      spawnTemporalServer({ executable: toolPath('temporalCli'), port, uiPort, dataFolder }),
    );
    await start(() => spawnChild({ name: 'api', file: join(root, 'client/api/main.ts'), environment }));
    const worker = join(root, 'workers/main.ts');
    await start(() => spawnChild({ name: 'jobs', file: worker, parameters: ['--queues', 'jobs'], environment }));
    const sandboxWorker = await start(() => spawnAlone([worker, '--queues', 'sandbox'], environment));
    const apiUrl = `http://127.0.0.1:${apiPort}`;
    return { apiUrl, temporalAddress: `127.0.0.1:${port}`, temporal, sandboxWorker, temporaryFolder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Started {
  readonly pid: number;
  readonly ready: Promise<unknown>;
  readonly ended: Promise<unknown>;
  readonly stop: () => Promise<void>;
  readonly kill: () => Promise<void>;
}

/** A process whose group is not killed when it ends: what it leaves behind is not hidden. */
function spawnAlone(parameters: readonly string[], env: NodeJS.ProcessEnv): Started {
  const child = spawn(process.execPath, [...heapArguments, ...parameters], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return {
    pid: child.pid ?? 0,
    ready: once(child.stdout, 'data'),
    ended,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

async function keep(spawnIt: () => Started): Promise<Part> {
  let current = spawnIt();
  const stopping = new AbortController();
  const again = async (): Promise<void> => {
    for (;;) {
      await current.ended;
      if (stopping.signal.aborted) return;
      current = spawnIt();
    }
  };
  await current.ready;
  const keeping = again();
  return {
    pid: () => current.pid,
    async kill() {
      await current.kill();
      // The keeper has the end a moment later.
      await new Promise(setImmediate);
      await current.ready;
    },
    async stop() {
      stopping.abort();
      await current.stop();
      await keeping;
    },
  };
}

/** Temporal's dev server with a database file, as a child process: the embedded default, one machine's worth. */
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { searchAttributes } from '../../workflows/contract/names.ts';
import type { Child } from './child.ts';

const readyMilliseconds = 30_000;

export interface TemporalServerRequest {
  readonly executable: string;
  readonly port: number;
  readonly uiPort: number;
  readonly dataFolder: string;
}

/** Starts the server and waits until it answers. */
export async function startTemporalServer(request: TemporalServerRequest): Promise<Child> {
  await mkdir(request.dataFolder, { recursive: true });
  const child = spawn(request.executable, serverArguments(request), {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-4000);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      lastWords += error.message;
      resolve();
    });
  });
  const gone = ended.then(() => {
    throw new Error(`Temporal's dev server ended before it was ready:\n${lastWords}`);
  });
  gone.catch(() => undefined);
  await Promise.race([listening(request.port), gone]);
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return {
    name: 'temporal',
    pid: child.pid ?? 0,
    said: `127.0.0.1:${request.port}`,
    ended,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

function serverArguments({ port, uiPort, dataFolder }: TemporalServerRequest): string[] {
  const settings = [
    // One partition a queue: on one machine more of them only add work.
    'matching.numTaskqueueReadPartitions=1',
    'matching.numTaskqueueWritePartitions=1',
  ];
  const attributes = Object.values(searchAttributes).map(({ name, type }) => `${name}=${attributeType(type)}`);
  const options: readonly (readonly [string, string])[] = [
    ['--ip', '127.0.0.1'],
    ['--port', String(port)],
    ['--ui-port', String(uiPort)],
    ['--db-filename', join(dataFolder, 'temporal.db')],
    ['--log-level', 'error'],
    // Write-ahead logging makes the database file twice as fast; only a power cut may lose the last writes.
    ['--sqlite-pragma', 'journal_mode=wal'],
    ['--sqlite-pragma', 'synchronous=1'],
    ...settings.map((setting) => ['--dynamic-config-value', setting] as const),
    ...attributes.map((attribute) => ['--search-attribute', attribute] as const),
  ];
  return ['server', 'start-dev', ...options.flat()];
}

function attributeType(type: string): string {
  return type.charAt(0) + type.slice(1).toLowerCase();
}

async function listening(port: number): Promise<void> {
  const until = Date.now() + readyMilliseconds;
  for (;;) {
    const answered = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (answered) return;
    if (Date.now() > until) throw new Error(`Temporal's dev server does not listen on port ${port}`);
    await delay(50);
  }
}

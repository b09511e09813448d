/** Temporal's dev server with a database file, as a child process: the embedded default for one machine. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { searchAttributes } from '../../workflows/contract/names.ts';
import { spawnChild, type Child } from './child.ts';

/** How long the server may take to stop before it is killed. */
const patienceMilliseconds = 10_000;

export interface TemporalServerRequest {
  readonly executable: string;
  readonly port: number;
  readonly uiPort: number;
  readonly dataFolder: string;
}

/** Starts the server, under a process of ours that stops it when the parent dies. */
export function spawnTemporalServer(request: TemporalServerRequest): Child {
  mkdirSync(request.dataFolder, { recursive: true });
  const { executable, port } = request;
  const options = ['--port', String(port), '--patience', String(patienceMilliseconds)];
  return spawnChild({
    name: 'temporal',
    file: join(import.meta.dirname, 'supervise.ts'),
    parameters: [...options, '--', executable, ...serverArguments(request)],
  });
}

/** Like `spawnTemporalServer`, and waits until it answers. */
export async function startTemporalServer(request: TemporalServerRequest): Promise<Child> {
  const server = spawnTemporalServer(request);
  await server.ready;
  return server;
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
    // Write-ahead logging makes the database file twice as fast; only a power failure may lose the last writes.
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

/** `npm start` as a process of its own, and every process that it started; they are found by the data folder in their settings. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { processesOf } from '../../../chaos/processes/processes.ts';
import { freePorts } from '../../../demo/run/free-ports.ts';
import { databaseSettings, temporaryFolder } from '../temporary-store.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const patience = { timeout: 90_000, interval: 100 };

export interface LocalStack {
  readonly process: ChildProcess;
  /** Waits until it has written this, to either output. */
  said(text: string): Promise<void>;
  /** All that it has written so far. */
  text(): string;
  /** Its exit code; null after a signal. */
  readonly exitCode: Promise<number | null>;
  /** The processes that are alive, itself among them, as the ends of their command lines. */
  alive(): Promise<readonly string[]>;
  /** The newest process whose command line ends with this. */
  pidOf(command: string): Promise<number>;
  /** Waits until none is alive. */
  gone(): Promise<void>;
}

export async function startLocalStack(settings: Readonly<Record<string, string>> = {}): Promise<LocalStack> {
  const folder = settings['LODESTONE_DATA_DIR'] ?? (await temporaryFolder());
  const database = await databaseSettings();
  const [temporal, ui, api] = await freePorts(3);
  const child = spawn(process.execPath, ['workers/start.ts'], {
    cwd: root,
    env: {
      ...process.env,
      LODESTONE_DATA_DIR: folder,
      ...database,
      LODESTONE_TEMPORAL_PORT: String(temporal),
      LODESTONE_TEMPORAL_UI_PORT: String(ui),
      LODESTONE_API_PORT: String(api),
      LODESTONE_LOG_LEVEL: 'info',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => (printed += text));
  }
  const exitCode = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  onTestFinished(async () => {
    for (const { pid } of await processesOf(folder)) process.kill(pid, 'SIGKILL');
  });
  const alive = async (): Promise<readonly string[]> =>
    (await processesOf(folder)).map(({ command }) => command.slice(-80));
  const until = (holds: () => boolean | Promise<boolean>, what: () => string): Promise<void> =>
    vi.waitFor(async () => {
      if (!(await holds())) throw new Error(what());
    }, patience);
  return {
    process: child,
    said: (text) =>
      until(
        () => printed.includes(text),
        () => `it has not said "${text}", but:\n${printed}`,
      ),
    text: () => printed,
    exitCode,
    alive,
    async pidOf(command) {
      const found = (await processesOf(folder)).filter((process) => process.command.endsWith(command));
      const newest = found.at(-1);
      if (newest === undefined) throw new Error(`no process is "${command}"`);
      return newest.pid;
    },
    async gone() {
      let left: readonly string[] = [];
      await until(
        async () => {
          left = await alive();
          return left.length === 0;
        },
        () => `still alive:\n${left.join('\n')}`,
      );
    },
  };
}

/** Runs `npm start` as a separate process whose parts are killed and stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processesOf } from './processes.ts';

/**
 * Parts, each with a piece of its process's command line. The Temporal server's own process is a child of one of ours.
 */
export const targets = {
  api: { part: 'api', command: /client\/api\/main\.ts$/ },
  'worker jobs': { part: 'worker jobs', command: /--queues jobs$/ },
  'worker llm': { part: 'worker llm', command: /--queues llm$/ },
  'worker sandbox': { part: 'worker sandbox', command: /--queues sandbox$/ },
  'worker browser': { part: 'worker browser', command: /--queues browser$/ },
  temporal: { part: 'temporal', command: /local\/supervise\.ts/ },
  'temporal server': { part: 'temporal', command: /^\S+ server start-dev/ },
} as const;
export type Target = keyof typeof targets;

export interface Installation {
  readonly apiUrl: string;
  /** Sends a signal to a part's process and returns the process id. */
  signal(target: Target, signal: NodeJS.Signals): Promise<number>;
  /** Waits until the part runs in another process than before. Throws when the installation has ended. */
  upAgain(target: Target, before: number): Promise<void>;
  /** Whether the installation has ended. */
  hasEnded(): boolean;
  /** Everything that it has printed. */
  text(): string;
  /** Asks the installation to stop and returns its exit code. */
  stop(): Promise<number | null>;
}

const root = join(import.meta.dirname, '..', '..');
const pollMilliseconds = 100;
const patienceMilliseconds = 120_000;

export async function startInstallation(request: {
  readonly dataFolder: string;
  readonly ports: { readonly temporal: number; readonly temporalUi: number; readonly api: number };
  readonly environment: Readonly<Record<string, string | undefined>>;
}): Promise<Installation> {
  const { dataFolder, ports } = request;
  const child = spawn(process.execPath, ['workers/start.ts'], {
    cwd: root,
    env: {
      ...request.environment,
      LODESTONE_DATA_DIR: dataFolder,
      LODESTONE_TEMPORAL_PORT: String(ports.temporal),
      LODESTONE_TEMPORAL_UI_PORT: String(ports.temporalUi),
      LODESTONE_API_PORT: String(ports.api),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  const ended = once(child, 'exit');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const until = async (holds: () => boolean | Promise<boolean>, what: string): Promise<void> => {
    const latest = Date.now() + patienceMilliseconds;
    while (!(await holds())) {
      if (hasEnded()) throw new Error(`npm start has ended while ${what} was waited for:\n${text}`);
      if (Date.now() > latest) throw new Error(`${what} was waited for in vain:\n${text}`);
      await delay(pollMilliseconds);
    }
  };
  const pidOf = async (target: Target): Promise<number | null> =>
    (await processesOf(dataFolder)).find(({ command }) => targets[target].command.test(command))?.pid ?? null;
  const timesUp = (part: string): number => text.split(`${part} is up again`).length - 1;
  const upBefore = new Map<number, number>();
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    await ended;
    return child.exitCode;
  };
  try {
    await until(() => text.includes('Ctrl-C stops all.'), 'the start');
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    apiUrl: `http://127.0.0.1:${ports.api}`,
    async signal(target, signal) {
      const pid = await pidOf(target);
      if (pid === null) throw new Error(`${target} has no process`);
      upBefore.set(pid, timesUp(targets[target].part));
      process.kill(pid, signal);
      return pid;
    },
    upAgain: (target, before) =>
      until(async () => {
        if (timesUp(targets[target].part) <= (upBefore.get(before) ?? 0)) return false;
        const now = await pidOf(target);
        return now !== null && now !== before;
      }, `${target} to be up again`),
    hasEnded,
    text: () => text,
    stop,
  };
}

/**
 * A child process that says `ready …` on its standard output when it can be used, is stopped in order, and stops itself
 * when its parent dies. It is there from its spawn on, so that one which is not ready yet can be stopped too.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { heapArguments } from './heap.ts';

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** What stood behind `ready` on its line. Rejects with its last words when it ends before, or takes too long. */
  readonly ready: Promise<string>;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<void>;
  /** The last that it wrote to its standard error. */
  lastWords(): string;
  /** SIGTERM, then SIGKILL when it takes too long. */
  stop(): Promise<void>;
  /** SIGKILL, at once. */
  kill(): Promise<void>;
}

export interface ChildRequest {
  readonly name: string;
  /** A TypeScript file. */
  readonly file: string;
  readonly parameters?: readonly string[];
  /** Its environment variables; those of this process when none are given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const readyMilliseconds = 90_000;
const stopMilliseconds = 20_000;
const parentWatch = join(import.meta.dirname, 'parent-watch.ts');

/** Starts one of our processes. */
export function spawnChild(request: ChildRequest): Child {
  const { name, file, parameters = [], environment: env } = request;
  const child = spawn(process.execPath, [...heapArguments, '--import', parentWatch, file, ...parameters], {
    ...(env === undefined ? {} : { env }),
    // The channel carries no messages: it tells the child that its parent is alive.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C in the terminal reaches the parent alone, which stops all in order.
    detached: true,
  });
  const words: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words.push(text);
    if (words.length > 50) words.shift();
  });
  const lastWords = (): string => words.join('');
  // Whatever it started in its group goes with it.
  const ended = endOf(child).then(() => killGroup(child));
  const ready = readyLine(child, ended, name, lastWords);
  // Who stops a child that is not ready need not also wait for that.
  ready.catch(() => undefined);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => killGroup(child), stopMilliseconds);
    await ended;
    clearTimeout(timer);
  };
  const kill = async (): Promise<void> => {
    killGroup(child);
    await ended;
  };
  return { name, pid: child.pid ?? 0, ready, ended, lastWords, stop, kill };
}

/** The same, and waits until it is ready. Throws with its last words if it ends. */
export async function startChild(request: ChildRequest): Promise<Child & { readonly said: string }> {
  const child = spawnChild(request);
  return { ...child, said: await child.ready };
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

async function readyLine(
  child: ChildProcess,
  ended: Promise<void>,
  name: string,
  lastWords: () => string,
): Promise<string> {
  const { stdout } = child;
  if (stdout === null) throw new Error(`${name} has no standard output`);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      killGroup(child);
      reject(new Error(`${name} was not ready within ${readyMilliseconds / 1000} s:\n${lastWords()}`));
    }, readyMilliseconds);
    createInterface({ input: stdout }).on('line', (line) => {
      if (!line.startsWith('ready ')) return;
      clearTimeout(timer);
      resolve(line.slice('ready '.length));
    });
    const gone = (): void => {
      clearTimeout(timer);
      reject(new Error(`${name} ended before it was ready:\n${lastWords()}`));
    };
    void ended.then(gone);
  });
}

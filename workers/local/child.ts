/**
 * A child process that says `ready …` on its standard output when it can be used, is stopped in order, and stops itself
 * when its parent dies. It is there from its spawn on, so that one which is not ready yet can be stopped too.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { heapArguments } from './heap.ts';

export interface ChildEnd {
  /** Null after a signal, and when it could not be started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why there was no process at all. */
  readonly spawnError: Error | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** What stood behind `ready` on its line. Rejects with its last words when it ends before, or takes too long. */
  readonly ready: Promise<string>;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<ChildEnd>;
  /** The last that it wrote to its standard error. */
  lastOutput(): string;
  /** Whether its event loop answers before the signal aborts. */
  answers(signal: AbortSignal): Promise<boolean>;
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

/** A process that is there and does not get ready. */
export class NotReadyInTime extends Error {}

const readyMilliseconds = 90_000;
const stopMilliseconds = 20_000;
/** Its last words are read to their end, unless something that it started holds its output open. */
const outputMilliseconds = 500;
const parentWatch = join(import.meta.dirname, 'parent-watch.ts');

/** Starts one of our processes. */
export function spawnChild(request: ChildRequest): Child {
  const { name, file, parameters = [], environment: env } = request;
  const child = spawn(process.execPath, [...heapArguments, '--import', parentWatch, file, ...parameters], {
    ...(env === undefined ? {} : { env }),
    // The channel tells the child that its parent is alive, and carries the question whether the child is.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C in the terminal reaches the parent alone, which stops all in order.
    detached: true,
  });
  const output: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.push(text);
    if (output.length > 50) output.shift();
  });
  const lastOutput = (): string => output.join('');
  const ended = endOf(child);
  const ready = readyLine(child, ended, name, lastOutput);
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
  const answers = (signal: AbortSignal): Promise<boolean> => ask(child, signal);
  return { name, pid: child.pid ?? 0, ready, ended, lastOutput, answers, stop, kill };
}

/** The same, and waits until it is ready. Throws with its last words if it ends. */
export async function startChild(request: ChildRequest): Promise<Child & { readonly said: string }> {
  const child = spawnChild(request);
  return { ...child, said: await child.ready };
}

async function endOf(child: ChildProcess): Promise<ChildEnd> {
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const end = await new Promise<ChildEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal, spawnError: null }));
    // A process that is there may fail to be signalled, too; that is not its end.
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, spawnError: error });
    });
  });
  // Whatever it started in its group goes with it.
  killGroup(child);
  if (end.spawnError === null) await Promise.race([closed, delay(outputMilliseconds, undefined, { ref: false })]);
  return end;
}

/** By `parent-watch.ts`, which every child of ours loads. */
async function ask(child: ChildProcess, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    child.once('message', () => resolve(true));
    signal.addEventListener('abort', () => resolve(false), { once: true });
    // What can't be sent has no answer. The end of the process is seen by itself.
    if (child.connected) child.send('ping', () => undefined);
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
  ended: Promise<ChildEnd>,
  name: string,
  lastOutput: () => string,
): Promise<string> {
  const { stdout } = child;
  // Without file descriptors there is no stream, whatever the type says.
  if (!stdout) throw new Error(`${name} could not be started: ${(await ended).spawnError?.message ?? 'no output'}`);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      killGroup(child);
      reject(new NotReadyInTime(`${name} was not ready within ${readyMilliseconds / 1000} s:\n${lastOutput()}`));
    }, readyMilliseconds);
    createInterface({ input: stdout }).on('line', (line) => {
      if (!line.startsWith('ready ')) return;
      clearTimeout(timer);
      resolve(line.slice('ready '.length));
    });
    const gone = ({ spawnError }: ChildEnd): void => {
      clearTimeout(timer);
      const output = spawnError === null ? lastOutput() : `${spawnError.message}\n`;
      reject(new Error(`${name} ended before it was ready:\n${output}`));
    };
    void ended.then(gone);
  });
}

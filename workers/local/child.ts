/**
 * A child process that prints `ready …` on its standard output when it can be used. It is stopped in order, and stops
 * itself when its parent dies. It is returned as soon as it is spawned, so that it can be stopped before it is ready.
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
  /** Why no process could be started. */
  readonly spawnError: Error | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** The rest of the `ready` line. Rejects with its last output when it ends before, or takes too long. */
  readonly ready: Promise<string>;
  /** Resolves when the process has ended, in any way. */
  readonly ended: Promise<ChildEnd>;
  /** The last lines of its standard error. */
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
  /** Its environment variables; those of this process by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A running process that does not become ready. */
export class NotReadyInTime extends Error {}

const readyMilliseconds = 90_000;
const stopMilliseconds = 20_000;
/** Its last output is read to the end, unless something that it started keeps the output open. */
const outputMilliseconds = 500;
const parentWatch = join(import.meta.dirname, 'parent-watch.ts');

/** Starts one of our processes. */
export function spawnChild(request: ChildRequest): Child {
  const { name, file, parameters = [], environment: env } = request;
  const child = spawn(process.execPath, [...heapArguments, '--import', parentWatch, file, ...parameters], {
    ...(env === undefined ? {} : { env }),
    // The channel shows the child that its parent is alive, and carries the question whether the child is.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Its own process group: Ctrl-C in the terminal reaches only the parent, which stops all children in order.
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
  // Stopping a child that is not ready does not wait for its readiness.
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

/** Like `spawnChild`, and waits until it is ready. Throws with its last output if it ends. */
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
    // Signalling a running process may fail too; that does not mean that it has ended.
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, spawnError: error });
    });
  });
  // Processes that it started in its group are killed with it.
  killGroup(child);
  if (end.spawnError === null) await Promise.race([closed, delay(outputMilliseconds, undefined, { ref: false })]);
  return end;
}

/** Answered by `parent-watch.ts`, which every child process loads. */
async function ask(child: ChildProcess, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    child.once('message', () => resolve(true));
    signal.addEventListener('abort', () => resolve(false), { once: true });
    // A question that cannot be sent has no answer. The end of the process is noticed separately.
    if (child.connected) child.send('ping', () => undefined);
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // No process of the group is left.
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

/** A child process that says `ready …` on its standard output when it can be used, and is stopped in order. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** What stood behind `ready` on its line. */
  readonly said: string;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<void>;
  /** SIGTERM, then SIGKILL when it takes too long. */
  stop(): Promise<void>;
  /** SIGKILL, at once. */
  kill(): Promise<void>;
}

const readyMilliseconds = 90_000;
const stopMilliseconds = 20_000;

/** Starts one of our processes (a TypeScript file) and waits until it is ready. Throws with its last words if it ends. */
export async function startChild(request: {
  readonly name: string;
  readonly file: string;
  readonly parameters?: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}): Promise<Child> {
  const { name, file, parameters = [], environment } = request;
  const child = spawn(process.execPath, [file, ...parameters], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in the terminal reaches the parent alone, which stops all in order.
    detached: true,
  });
  const ended = endOf(child);
  const lastWords: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords.push(text);
    if (lastWords.length > 50) lastWords.shift();
  });
  const said = await readyLine(child, ended, name, lastWords);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMilliseconds);
    await ended;
    clearTimeout(timer);
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { name, pid: child.pid ?? 0, said, ended, stop, kill };
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

async function readyLine(
  child: ChildProcess,
  ended: Promise<void>,
  name: string,
  lastWords: readonly string[],
): Promise<string> {
  const { stdout } = child;
  if (stdout === null) throw new Error(`${name} has no standard output`);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${name} was not ready within ${readyMilliseconds / 1000} s:\n${lastWords.join('')}`));
    }, readyMilliseconds);
    createInterface({ input: stdout }).on('line', (line) => {
      if (!line.startsWith('ready ')) return;
      clearTimeout(timer);
      resolve(line.slice('ready '.length));
    });
    const gone = (): void => {
      clearTimeout(timer);
      reject(new Error(`${name} ended before it was ready:\n${lastWords.join('')}`));
    };
    void ended.then(gone);
  });
}

/**
 * Work that a stranger's input could make long runs in a thread: the event loop goes on meanwhile, and a thread that
 * takes too long, or too much memory, is ended without harm to the process. What is run is a pure function of plain
 * data: it gets no environment variables, and so no secrets.
 */
import { Tinypool } from 'tinypool';
import { createSeats } from './seats.ts';

/** Threads at once. The others' work waits in its order, and its time does not run yet. */
const mostThreads = 2;
/** Megabytes of objects a thread may hold. */
const mostMegabytes = 512;
/** A thread without work is kept so long, with its modules loaded. */
const idleMilliseconds = 30_000;

/** Thrown when work was ended because it reached a limit of its thread. */
export class ThreadLimit extends Error {
  override readonly name = 'ThreadLimit';
  readonly limit: 'time' | 'memory';

  constructor(limit: 'time' | 'memory', message: string) {
    super(message);
    this.limit = limit;
  }
}

interface ThreadOptions {
  /** From when a thread is free; loading the module counts. */
  readonly timeoutMilliseconds: number;
  readonly signal?: AbortSignal;
}

let pool: Tinypool | undefined;
const seats = createSeats(mostThreads);

/**
 * Runs a module's default export in a thread; input and output are copied. Name the function as the type parameter:
 * `runInThread<typeof compose>(new URL('./compose.ts', import.meta.url), input, { timeoutMilliseconds: 10_000 })`.
 * Throws `ThreadLimit` when a limit was reached, the signal's reason when it was aborted, else what the work throws,
 * of which only the message and the name survive.
 */
export function runInThread<Work extends (input: never) => unknown>(
  module: URL,
  input: Parameters<Work>[0],
  options: ThreadOptions,
): Promise<Awaited<ReturnType<Work>>> {
  return seats(() => run<Work>(module, input, options));
}

async function run<Work extends (input: never) => unknown>(
  module: URL,
  input: Parameters<Work>[0],
  { timeoutMilliseconds, signal }: ThreadOptions,
): Promise<Awaited<ReturnType<Work>>> {
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(timeoutMilliseconds);
  pool ??= new Tinypool({
    runtime: 'worker_threads',
    minThreads: 0,
    maxThreads: mostThreads,
    idleTimeout: idleMilliseconds,
    resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    // Nothing of the process: neither its secrets, nor flags that are meant for its own main module.
    env: {},
    execArgv: [],
  });
  try {
    return await pool.run(input, {
      filename: module.href,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
  } catch (error) {
    if (isOutOfMemory(error)) throw new ThreadLimit('memory', `the work needs more than ${mostMegabytes} MB`);
    signal?.throwIfAborted();
    if (timeout.aborted) throw new ThreadLimit('time', `the work takes longer than ${timeoutMilliseconds / 1000} s`);
    throw error;
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

/**
 * Runs work in a thread when hostile input could make it long. The event loop continues meanwhile, and a thread that
 * takes too much time or memory is ended without harm to the process. The work is a pure function of plain data: it
 * gets no environment variables, and so no secrets.
 */
import { Worker } from 'node:worker_threads';
import { Tinypool } from 'tinypool';
import { watchComputingTime } from './computing-time.ts';
import { createConcurrencyLimit } from './concurrency-limit.ts';

/** Threads at the same time, in total and for one module. Waiting work has not begun, so its time-out does not run. */
const most = { all: 4, ofAKind: 2 };
/** Megabytes of heap that a thread may use. */
const mostMegabytes = 512;
/** How long a thread without work is kept, with its modules loaded. */
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
  /**
   * Processor time, counted from when a thread is free. It does not advance while the process or the machine is
   * suspended.
   */
  readonly timeoutMilliseconds: number;
  /** Aborting it ends the work, and also the wait for a thread. */
  readonly signal?: AbortSignal | undefined;
  /** For whom the work is done: owners take turns. */
  readonly owner?: string;
  /** Buffers of the input that are handed over instead of copied: the caller has them no more. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** One pool for each slot, with one thread each, so that it is known which thread does which work. */
const pools = new Map<number, Tinypool>();
const limit = createConcurrencyLimit(most);

/**
 * Runs a module's default export in a thread; input and output are copied. Name the function as the type parameter:
 * `runInThread<typeof compose>(new URL('./compose.ts', import.meta.url), input, { timeoutMilliseconds: 10_000 })`.
 * Throws `ThreadLimit` when a limit was reached, the signal's reason when it was aborted, and otherwise the work's own
 * error, of which only message and name survive.
 */
export function runInThread<Work extends (input: never) => unknown>(
  module: URL,
  input: Parameters<Work>[0],
  options: ThreadOptions,
): Promise<Awaited<ReturnType<Work>>> {
  const { owner = module.href, signal } = options;
  return limit({ kind: module.href, owner, signal }, (slot) => run<Work>(slot, module, input, options));
}

async function run<Work extends (input: never) => unknown>(
  slot: number,
  module: URL,
  input: Parameters<Work>[0],
  { timeoutMilliseconds, signal, transfer = [] }: ThreadOptions,
): Promise<Awaited<ReturnType<Work>>> {
  signal?.throwIfAborted();
  const pool = pools.get(slot) ?? createPool();
  pools.set(slot, pool);
  const stop = new AbortController();
  const result = pool.run(input, { filename: module.href, signal: stop.signal, transferList: [...transfer] });
  const unwatch = watchComputingTime(threadOf(pool), timeoutMilliseconds, () => stop.abort());
  // Not `AbortSignal.any`: what it registers with a long-lived signal stays in memory until a full garbage collection.
  const onAbort = (): void => stop.abort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await result;
  } catch (error) {
    if (isOutOfMemory(error)) throw new ThreadLimit('memory', `the work needs more than ${mostMegabytes} MB`);
    signal?.throwIfAborted();
    if (stop.signal.aborted) {
      throw new ThreadLimit('time', `the work takes more than ${timeoutMilliseconds / 1000} s of computing`);
    }
    throw error;
  } finally {
    unwatch();
    signal?.removeEventListener('abort', onAbort);
  }
}

function createPool(): Tinypool {
  return new Tinypool({
    runtime: 'worker_threads',
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: idleMilliseconds,
    resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    // Passes nothing on from the process: neither its secrets nor flags meant for its own main module.
    env: {},
    execArgv: [],
  });
}

/**
 * The pool starts its thread as soon as it has work, and exposes it only as a property of its own record of the thread.
 */
function threadOf(pool: Tinypool): Worker {
  const parts: unknown[] = pool.threads.flatMap((thread) => Object.values(thread));
  const thread = parts.find((part) => part instanceof Worker);
  if (thread === undefined) throw new Error('the thread pool has no thread');
  return thread;
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

/**
 * Runs one command that contains hostile code: gives it a request, collects what it writes within limits, and ends it with
 * everything that it started when it reaches one.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import type { Command } from './command.ts';
import { longestMessage } from './message.ts';
import { memoryOfTree } from './process-memory.ts';
import type { CodeProblemType, SandboxLimits } from './sandbox.ts';

export interface Contained {
  /** Started by `startContained`, perhaps some time ago. */
  readonly process: ChildProcess;
  /** Bytes for descriptors of the process, by their numbers; 0 is standard input. */
  readonly inputs: ReadonlyMap<number, readonly Uint8Array[]>;
  /** The descriptor that the result comes from. */
  readonly resultDescriptor: number;
  readonly limits: SandboxLimits;
  readonly signal: AbortSignal;
}

export interface ContainedEnd {
  /** The limit that ended it; null when it ended by itself. */
  readonly limit: Extract<CodeProblemType, 'time_limit' | 'memory_limit' | 'output_limit'> | null;
  /** 128 and more: a signal's number is added. Null when it was killed. */
  readonly exitCode: number | null;
  readonly result: Buffer;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly seconds: number;
  readonly peakBytes: number;
}

const memoryCheckMilliseconds = 50;

/** The host's user of contained processes where this process may choose: `nobody`, who owns nothing. */
const nobody = { uid: 65534, gid: 65534 };

/** Starts a command with pipes at all its descriptors and nothing of this process's environment. */
export function startContained({ file, parameters, highestDescriptor, asNobody }: Command): ChildProcess {
  return spawn(file, parameters, {
    stdio: Array.from({ length: highestDescriptor + 1 }, () => 'pipe' as const),
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    ...(asNobody && process.getuid?.() === 0 ? nobody : {}),
  });
}

/**
 * Gives a process its request; the limit of seconds counts from then. Returns when the process and everything that it started
 * has ended. Rejects with the signal's reason when aborted.
 */
export async function runContained(contained: Contained): Promise<ContainedEnd> {
  const { process: child, inputs, resultDescriptor, limits, signal } = contained;
  const started = performance.now();
  const watched = watch(child, limits, signal);
  const collect = (descriptor: number, mostBytes: number): Promise<Buffer> =>
    collected(child.stdio[descriptor], mostBytes, () => watched.end('output_limit'));
  const closed = once(child, 'close');
  if (signal.aborted) watched.stop();
  for (const [descriptor, parts] of inputs) void feed(child.stdio[descriptor], parts);
  try {
    const [stdout, stderr, result] = await Promise.all([
      collect(1, limits.outputBytes),
      collect(2, limits.outputBytes),
      collect(resultDescriptor, longestMessage(limits)),
      closed,
    ]);
    signal.throwIfAborted();
    const seconds = (performance.now() - started) / 1000;
    const { limit, peakBytes } = watched.state();
    return { limit, exitCode: child.exitCode, result, stdout, stderr, seconds, peakBytes };
  } finally {
    watched.stop();
  }
}

type Limit = ContainedEnd['limit'];

/** Ends the process when it reaches a limit or its signal is aborted. */
function watch(child: ChildProcess, limits: SandboxLimits, signal: AbortSignal) {
  let limit: Limit = null;
  let peakBytes = 0;
  // The sandbox's first process dies with it, and the kernel ends all others of its namespace with that one.
  const kill = (): void => void child.kill('SIGKILL');
  const end = (reached: Limit): void => {
    limit ??= reached;
    kill();
  };
  const clock = setTimeout(() => end('time_limit'), limits.seconds * 1000);
  const check = setInterval(() => {
    if (child.pid === undefined) return;
    const bytes = memoryOfTree(child.pid, limits.processes);
    peakBytes = Math.max(peakBytes, bytes);
    if (bytes > limits.memoryBytes) end('memory_limit');
  }, memoryCheckMilliseconds);
  signal.addEventListener('abort', kill, { once: true });
  return {
    end,
    state: () => ({ limit, peakBytes }),
    stop(): void {
      clearTimeout(clock);
      clearInterval(check);
      signal.removeEventListener('abort', kill);
      kill();
    },
  };
}

async function feed(input: unknown, parts: readonly Uint8Array[]): Promise<void> {
  if (!(input instanceof Writable)) throw new Error('the descriptor of an input is no pipe');
  // A process that ends early does not read the rest.
  input.on('error', () => undefined);
  for (const part of parts) {
    if (!input.write(part)) await Promise.race([once(input, 'drain'), once(input, 'close')]);
  }
  input.end();
}

/** Everything that comes, until there is more than allowed; what is allowed is returned then, too. */
async function collected(output: unknown, mostBytes: number, onExcess: () => void): Promise<Buffer> {
  if (!(output instanceof Readable)) throw new Error('the descriptor of an output is no pipe');
  const parts: Buffer[] = [];
  let bytes = 0;
  output.on('data', (part: Buffer) => {
    const room = mostBytes - bytes;
    bytes += part.byteLength;
    if (room > 0) parts.push(part.subarray(0, room));
    if (bytes > mostBytes) {
      onExcess();
      output.destroy();
    }
  });
  await new Promise<void>((resolve) => {
    output.once('close', resolve);
    output.once('error', () => resolve());
  });
  return Buffer.concat(parts);
}

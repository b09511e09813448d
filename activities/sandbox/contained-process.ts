/**
 * Runs one command that contains hostile code: gives it a request once it is ready, collects what it writes within limits, and
 * ends it with everything that it started when it reaches one.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { joined } from '../../store/artifacts/joined.ts';
import { findCgroups, type Cgroup, type Cgroups } from './cgroups.ts';
import { filterDescriptor, resultDescriptor, type Command } from './command.ts';
import { inheritedDescriptors } from './container/inherited-descriptors.ts';
import { longestMessage } from './message.ts';
import {
  descendantsOf,
  endGroup,
  endTree,
  hasMoreThreads,
  lowerPriorityOfTree,
  memoryOfTree,
  processorSecondsOfTree,
  seesChildren,
} from './process-tree.ts';
import { wayToGetIt } from './way-to-get-it.ts';
import { SandboxUnavailable, type CodeRequest, type SandboxLimits } from './sandbox.ts';

export interface ContainedProcess {
  readonly child: ChildProcess;
  readonly ownGroup: boolean;
  /** Why it could not be started; null when it was. */
  readonly startError: () => Error | null;
}

export interface Contained {
  /** Started by `startContained`, perhaps some time ago. */
  readonly process: ContainedProcess;
  /** For standard input. */
  readonly request: readonly Uint8Array[];
  readonly limits: SandboxLimits;
  readonly signal: AbortSignal;
  readonly onUse?: CodeRequest['onUse'];
}

export interface ContainedEnd {
  /** The limit that ended it; null when it ended by itself. */
  readonly limit: 'time_limit' | 'memory_limit' | 'output_limit' | 'result_limit' | 'process_limit' | null;
  /** 128 and more: a signal's number is added. Null when it was killed. */
  readonly exitCode: number | null;
  readonly result: Buffer;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly seconds: number;
  readonly peakBytes: number;
}

const memoryCheckMilliseconds = 50;
const useMilliseconds = 1_000;
/** On a busy machine a sandbox is ready within a second. */
const readyMilliseconds = 30_000;
const readyBytes = 1;
/** Of the sandbox itself, besides those of the code: its processes, and the threads of Node. */
const ownThreads = 32;

const pipes = Array.from({ length: Math.max(resultDescriptor, filterDescriptor) + 1 }, () => 'pipe' as const);

/** Starts a command with pipes at all its descriptors and nothing of this process's environment or open files. */
export function startContained({ file, parameters, user, preparation, ownGroup }: Command): ContainedProcess {
  if (!seesChildren()) throw new SandboxUnavailable('the kernel does not list the children of processes');
  const nothing = openSync('/dev/null', 'r');
  const stdio: ('pipe' | 'ignore' | number)[] = [...pipes];
  for (const descriptor of inheritedDescriptors()) stdio[descriptor] ??= nothing;
  const child = spawn(file, parameters, {
    stdio: Array.from(stdio, (what) => what ?? 'ignore'),
    cwd: '/',
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    detached: ownGroup,
    ...user,
  });
  closeSync(nothing);
  let startError: Error | null = null;
  child.on('error', (error) => (startError = error));
  for (const [descriptor, bytes] of preparation) void feed(child.stdio[descriptor], [bytes]);
  if (ownGroup) child.once('exit', () => endGroup(child));
  return { child, ownGroup, startError: () => startError };
}

/** Ends a process that waits for a request, at whatever moment of its start it is. */
export function endContained({ child }: ContainedProcess): void {
  void endTree(child, ownThreads);
}

/**
 * Gives a process its request; the limit of seconds counts from then. Returns when the process and everything that it started
 * has ended. Rejects with the signal's reason when aborted, and with `SandboxUnavailable` when it never became ready.
 */
export async function runContained(contained: Contained): Promise<ContainedEnd> {
  const { process: started, request, limits, signal } = contained;
  const { child } = started;
  const watched = watch(contained);
  const cgroup = started.ownGroup ? null : cgroupFor(limits);
  const excess = (): void => watched.end('output_limit');
  const resultExcess = (): void => watched.end('result_limit');
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stdout = collect(child.stdio[1], limits.outputBytes, excess);
  const stderr = collect(child.stdio[2], limits.outputBytes, excess);
  const result = collect(child.stdio[resultDescriptor], readyBytes + longestMessage(limits), resultExcess);
  try {
    const begun = result.begun.then(() => null);
    const problem = await Promise.race([begun, closed.then(() => 'it ended without a word'), watched.tooLate]);
    signal.throwIfAborted();
    if (problem !== null) throw unavailable(started, (await stderr.all).toString('utf8'), problem);
    watched.lowerPriority();
    if (child.pid !== undefined) cgroup?.add([child.pid, ...descendantsOf(child.pid, ownThreads)]);
    const began = performance.now();
    watched.startClock();
    void feed(child.stdio[0], request);
    const [out, errors, bytes] = await Promise.all([stdout.all, stderr.all, result.all, closed]);
    signal.throwIfAborted();
    const seconds = (performance.now() - began) / 1000;
    const { limit: reached, peakBytes } = watched.state();
    const limit = reached ?? (cgroup?.wasOutOfMemory() === true ? 'memory_limit' : null);
    const { exitCode } = child;
    return { limit, exitCode, result: bytes.subarray(readyBytes), stdout: out, stderr: errors, seconds, peakBytes };
  } finally {
    watched.stop();
    await cgroup?.end();
  }
}

/** Looked for once: where a process may make cgroups does not change. */
let cgroups: Cgroups | null | undefined;

/** What is written to the scratch folder lies in memory, too. */
function cgroupFor({ memoryBytes, scratchBytes, processes }: SandboxLimits): Cgroup | null {
  if (cgroups === undefined) cgroups = findCgroups();
  return cgroups?.make({ memoryBytes: memoryBytes + scratchBytes, processes: processes + ownThreads }) ?? null;
}

function unavailable({ startError }: ContainedProcess, stderr: string, problem: string): SandboxUnavailable {
  // "dmesg(1) may have more information" follows what mount has to say.
  const said = stderr.split('\n').filter((line) => line.trim() !== '' && !line.includes('dmesg(1)'));
  const why = startError()?.message ?? said.at(-1)?.trim() ?? problem;
  return new SandboxUnavailable(`${why.replace(/\.$/, '')}. ${wayToGetIt(why)}`.trim());
}

type Limit = ContainedEnd['limit'];

/** Ends the process when it reaches a limit or its signal is aborted. */
function watch({ process: { child, ownGroup }, limits, signal, onUse }: Contained) {
  let limit: Limit = null;
  let peakBytes = 0;
  const mostThreads = limits.processes + ownThreads;
  const kill = (): void => {
    void endTree(child, mostThreads);
    // A process that has left the group may keep the pipes open for ever.
    if (ownGroup) for (const pipe of child.stdio) pipe?.destroy();
  };
  const end = (reached: Limit): void => {
    limit ??= reached;
    kill();
  };
  const late = Promise.withResolvers<string>();
  const lateClock = setTimeout(() => {
    kill();
    late.resolve(`it was not ready after ${readyMilliseconds / 1000} s`);
  }, readyMilliseconds);
  let clock: NodeJS.Timeout | undefined;
  let check: NodeJS.Timeout | undefined;
  let telling: NodeJS.Timeout | undefined;
  const memoryOf = (pid: number): number => memoryOfTree(pid, mostThreads, !ownGroup);
  const look = (): void => {
    if (child.pid === undefined) return;
    const bytes = memoryOf(child.pid);
    peakBytes = Math.max(peakBytes, bytes);
    if (bytes > limits.memoryBytes) end('memory_limit');
    // The kernel limits those of Python; of the others this is the only limit.
    if (!ownGroup && hasMoreThreads(child.pid, mostThreads)) end('process_limit');
  };
  const tellUse = (): void => {
    if (child.pid === undefined) return;
    onUse?.({
      memoryBytes: memoryOf(child.pid),
      processorSeconds: processorSecondsOfTree(child.pid, mostThreads),
    });
  };
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  return {
    end,
    tooLate: late.promise,
    /** Once it has started, which is not to take longer. */
    lowerPriority(): void {
      if (child.pid !== undefined) lowerPriorityOfTree(child.pid, mostThreads);
    },
    startClock(): void {
      clearTimeout(lateClock);
      clock = setTimeout(() => end('time_limit'), limits.seconds * 1000);
      check = setInterval(look, memoryCheckMilliseconds);
      if (onUse !== undefined) telling = setInterval(tellUse, useMilliseconds);
    },
    state: () => ({ limit, peakBytes }),
    stop(): void {
      clearTimeout(lateClock);
      clearTimeout(clock);
      clearInterval(check);
      clearInterval(telling);
      signal.removeEventListener('abort', kill);
      kill();
    },
  };
}

/** Ends when all is written, or when the process reads no more; that it ends early is its own matter. */
async function feed(input: unknown, parts: readonly Uint8Array[]): Promise<void> {
  if (!(input instanceof Writable)) throw new Error('the descriptor of an input is no pipe');
  input.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => input.once('close', resolve));
  for (const part of parts) {
    if (input.destroyed) return;
    if (!input.write(part)) {
      await Promise.race([new Promise<void>((resolve) => input.once('drain', resolve)), gone]);
    }
  }
  input.end();
}

interface Collected {
  /** At the first byte. */
  readonly begun: Promise<void>;
  /** Everything that comes, until there is more than allowed; what is allowed is returned then, too. */
  readonly all: Promise<Buffer>;
}

function collect(output: unknown, mostBytes: number, onExcess: () => void): Collected {
  if (!(output instanceof Readable)) throw new Error('the descriptor of an output is no pipe');
  const parts: Buffer[] = [];
  let bytes = 0;
  const begun = once(output, 'data').then(() => undefined);
  // A process that never writes ends without it.
  begun.catch(() => undefined);
  output.on('data', (part: Buffer) => {
    const room = mostBytes - bytes;
    bytes += part.byteLength;
    if (room > 0) parts.push(part.subarray(0, room));
    if (bytes > mostBytes) {
      onExcess();
      output.destroy();
    }
  });
  const ended = new Promise<void>((resolve) => {
    output.once('close', resolve);
    output.once('error', () => resolve());
  });
  return { begun, all: ended.then(() => joined(parts)) };
}

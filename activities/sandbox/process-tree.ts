/** A process and its descendants, from Linux's `/proc`: their memory, and their end. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';

/** Whether this kernel lists the children of a process (`CONFIG_PROC_CHILDREN`). The functions below need it. */
export function seesChildren(): boolean {
  return existsSync(`/proc/self/task/${process.pid}/children`);
}

/**
 * The most that a socket holds for data that nobody has read: its buffer, whose size the filter keeps from change, and the part that
 * exceeds it.
 */
const socketBytes = 2 * Number(read('/proc/sys/net/core/wmem_default') || 212_992);

/**
 * Bytes of memory that belong to these processes: real and swapped memory without files (`RssAnon`, `RssShmem`, `VmSwap`), and what
 * their sockets may hold where the descendants have a network namespace of their own.
 */
export function memoryOfTree(pid: number, most: number, ownNetwork: boolean): number {
  const processes = [pid, ...descendantsOf(pid, most)];
  const inner = processes.at(-1);
  const sockets = !ownNetwork || inner === undefined || inner === pid ? 0 : socketsSeenBy(inner);
  return processes.reduce((sum, one) => sum + memoryOf(one), sockets * socketBytes);
}

/** Whether a process and its descendants have more threads than that together. Then the functions here do not see them all. */
export function hasMoreThreads(pid: number, most: number): boolean {
  let threads = 0;
  for (const one of [pid, ...descendantsOf(pid, most)]) threads += threadsOf(one).length;
  return threads > most;
}

/** Processor time of a process and its descendants, with those that have ended and were waited for. */
export function processorSecondsOfTree(pid: number, most: number): number {
  const ticks = [pid, ...descendantsOf(pid, most)].reduce((sum, one) => sum + processorTicksOf(one), 0);
  return ticks / ticksPerSecond;
}

/** `USER_HZ`, which is 100 wherever Node runs on Linux. */
const ticksPerSecond = 100;

/** `utime`, `stime`, `cutime` and `cstime`. The name before them may contain anything, also parentheses. */
function processorTicksOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

/** `setpriority`'s value: above 0 for less of a busy processor. */
const lowerPriority = 5;

/** Gives a process and its descendants, and those that they start later, less of a busy processor than this one gets. */
export function lowerPriorityOfTree(pid: number, most: number): void {
  for (const one of [pid, ...descendantsOf(pid, most)]) {
    try {
      setPriority(one, lowerPriority);
    } catch {
      // It has ended, or this process may not.
    }
  }
}

/**
 * Ends a process with all its descendants. It is stopped before its children are looked up, so that it starts none
 * meanwhile. If it were killed first, a child that does not yet end with its parent would continue.
 */
export async function endTree(child: ChildProcess, most: number): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGSTOP');
  for (let tries = 0; tries < 1_000 && isRunning(pid); tries += 1) await sleep(1);
  for (const descendant of descendantsOf(pid, most)) {
    try {
      process.kill(descendant, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  child.kill('SIGKILL');
}

/** Ends the processes that a leader of a group has left behind. */
export function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has left none.
  }
}

/**
 * The processes that it has started, and those that they have, at this moment: at most so many, and of no process the children of more
 * threads.
 */
export function descendantsOf(pid: number, most: number): readonly number[] {
  const found: number[] = [];
  const waiting = [...childrenOf(pid, most)];
  while (found.length < most) {
    const next = waiting.shift();
    if (next === undefined) break;
    found.push(next);
    waiting.push(...childrenOf(next, most));
  }
  return found;
}

/** Neither stopped nor ended. */
function isRunning(pid: number): boolean {
  const state = /^State:\s+(\w)/m.exec(read(`/proc/${pid}/status`))?.[1];
  return state !== undefined && !['T', 't', 'Z', 'X'].includes(state);
}

function memoryOf(pid: number): number {
  const status = read(`/proc/${pid}/status`);
  const kilobytes = [...status.matchAll(/^(?:RssAnon|RssShmem|VmSwap):\s+(\d+) kB$/gm)].map(([, value]) =>
    Number(value),
  );
  return kilobytes.reduce((sum, value) => sum + value, 0) * 1024;
}

function socketsSeenBy(pid: number): number {
  return Number(/^sockets: used (\d+)$/m.exec(read(`/proc/${pid}/net/sockstat`))?.[1] ?? 0);
}

/** A child belongs to the thread that started it. */
function childrenOf(pid: number, mostThreads: number): readonly number[] {
  return threadsOf(pid)
    .slice(0, mostThreads)
    .flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number));
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Empty for a process that has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

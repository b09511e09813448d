/**
 * The memory that a worker and all the processes it has started use: browsers and sandboxes take more than the worker itself. Linux
 * only: elsewhere it is that of the worker's process.
 */
import { readdir, readFile } from 'node:fs/promises';
import { hostname, totalmem } from 'node:os';
import type { MetricMeter } from '@temporalio/common';
import type { Logger } from 'pino';

export interface Memory {
  readonly treeBytes: number;
  /** That of the container, or of the machine. */
  readonly limitBytes: number;
  /** Share of the machine's memory that anything uses; null in a container, which has its limit for itself. */
  readonly machineShare: number | null;
}

const everyMilliseconds = 15_000;

/** Measures now and every 15 seconds. Returns a function that stops it. */
export function measureMemory(meter: MetricMeter, log: Logger, read: () => Promise<Memory> = readMemory): () => void {
  const gauge = (name: string, unit: string, told: string) => meter.createGauge(name, 'float', unit, told);
  const bytes = gauge('lodestone_worker_memory_bytes', 'bytes', 'memory of the worker and of what it has started');
  const share = gauge('lodestone_worker_memory_ratio', 'ratio', 'that memory as a share of its limit');
  const machine = gauge('lodestone_machine_memory_ratio', 'ratio', "share of the machine's memory in use by anything");
  const measure = async (): Promise<void> => {
    const { treeBytes, limitBytes, machineShare } = await read();
    bytes.set(treeBytes);
    share.set(treeBytes / limitBytes);
    if (machineShare !== null) machine.set(machineShare, { host: hostname() });
  };
  const measureOrWarn = (): void => {
    measure().catch((error: unknown) => log.warn({ error }, 'the memory of the worker could not be measured'));
  };
  measureOrWarn();
  const timer = setInterval(measureOrWarn, everyMilliseconds);
  return () => clearInterval(timer);
}

async function readMemory(): Promise<Memory> {
  const total = totalmem();
  // Without a limit it is none, or more than there is.
  const constrained = process.constrainedMemory();
  const isConstrained = constrained > 0 && constrained < total;
  const treeBytes = process.platform === 'linux' ? await memoryOfTree(process.pid) : process.memoryUsage.rss();
  return {
    treeBytes,
    limitBytes: isConstrained ? constrained : total,
    machineShare: isConstrained ? null : 1 - process.availableMemory() / total,
  };
}

/** Real and swapped memory without files, of a process and its descendants. What ends meanwhile counts for nothing. */
export async function memoryOfTree(root: number): Promise<number> {
  const children = new Map<number, number[]>();
  for (const name of await readdir('/proc')) {
    const stat = /^\d+$/.test(name) ? await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '') : '';
    // The name, in brackets, may hold spaces and brackets.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (stat !== '') children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  let bytes = 0;
  for (const pid of tree) bytes += await memoryOf(pid);
  return bytes;
}

async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = [...status.matchAll(/^(?:RssAnon|RssShmem|VmSwap):\s+(\d+) kB$/gm)].map(([, size]) => Number(size));
  return kilobytes.reduce((sum, size) => sum + size, 0) * 1024;
}

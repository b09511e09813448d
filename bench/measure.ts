/** Measurements of benchmarks: percentiles of samples, and the processor time of processes. */
import { readdir, readFile } from 'node:fs/promises';

/** The nearest-rank percentile. `share` is from 0 to 1. NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/** Linux reports ticks of 10 ms for every process, whatever the kernel's own rate. */
const ticksPerSecond = 100;

/** User and system time that processes and their children have used so far, over all threads, in seconds. */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  const used = await Promise.all(pids.map(cpuSecondsOfTree));
  return used.reduce((sum, seconds) => sum + seconds, 0);
}

async function cpuSecondsOfTree(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold spaces; utime and stime are the 12th and 13th fields after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ');
  const descendants = await Promise.all(
    children
      .filter((text) => text !== '')
      .map(Number)
      .map(cpuSecondsOfChild),
  );
  return (
    (Number(fields[11]) + Number(fields[12])) / ticksPerSecond + descendants.reduce((sum, seconds) => sum + seconds, 0)
  );
}

/** A child may end while it is read, as PostgreSQL's maintenance processes do: then it counts for nothing. */
async function cpuSecondsOfChild(pid: number): Promise<number> {
  return cpuSecondsOfTree(pid).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return 0;
    throw error;
  });
}

/**
 * The memory of a process and all its descendants, but for those below the processes to leave out, in bytes; shared memory
 * is counted once. Linux only.
 */
export async function treeMemory(pid: number, leftOut: ReadonlySet<number> = new Set()): Promise<number> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    const stat = /^\d+$/.test(name) ? await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null) : null;
    if (stat === null) continue;
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const descends = (process: number | undefined): boolean =>
    process !== undefined && !leftOut.has(process) && (process === pid || descends(parents.get(process)));
  const sizes = [...parents.keys()].filter(descends).map(proportionalBytes);
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}

async function proportionalBytes(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
}

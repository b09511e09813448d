/** How benchmarks measure: percentiles of samples, and the processor time that processes have used. */
import { readFile } from 'node:fs/promises';

/** The nearest-rank percentile. `share` is from 0 to 1. NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/** Linux counts in ticks of 10 ms for every process that it shows, whatever the kernel's own rate is. */
const ticksPerSecond = 100;

/** User and system time that processes have used so far, all their threads together, in seconds. */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  const used = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The name, in brackets, may hold spaces; utime and stime are the 12th and 13th fields after it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    }),
  );
  return used.reduce((sum, seconds) => sum + seconds, 0);
}

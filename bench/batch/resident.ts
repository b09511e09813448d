/** Measures the memory of processes while work is done, by the kernel's resident size. Linux only. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../measure.ts';

/** Sizes in MB. */
export interface Resident {
  readonly name: string;
  readonly first: number;
  readonly most: number;
  /** The median of the last quarter of the time: the level at the end. */
  readonly late: number;
}

const sampleMilliseconds = 250;

/** Watches processes while the work is done; they must outlive it. */
export async function watchResident(
  processes: readonly { readonly name: string; readonly pid: number }[],
  work: () => Promise<void>,
): Promise<readonly Resident[]> {
  const over = new AbortController();
  const watched = processes.map(async ({ name, pid }): Promise<Resident> => {
    const samples = [await residentMegabytes(pid)];
    while (!over.signal.aborted) {
      await delay(sampleMilliseconds, undefined, { signal: over.signal }).catch(() => undefined);
      samples.push(await residentMegabytes(pid));
    }
    const late = median(samples.slice(Math.floor(samples.length * 0.75)));
    return { name, first: samples[0] ?? Number.NaN, most: await peakMegabytes(pid), late };
  });
  await work().finally(() => over.abort());
  return Promise.all(watched);
}

async function residentMegabytes(pid: number): Promise<number> {
  return sizeOf(pid, /^VmRSS:\s+(\d+) kB/m);
}

/** A process's peak memory, by the kernel's own record: it may have been higher between two measurements. */
export async function peakMegabytes(pid: number): Promise<number> {
  return sizeOf(pid, /^VmHWM:\s+(\d+) kB/m);
}

async function sizeOf(pid: number, line: RegExp): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(line.exec(status)?.[1] ?? Number.NaN) / 1024;
}

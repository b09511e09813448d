/** The memory of attempts: the most and the mean of samples, of a process of their own with its descendants, or of the worker. */
import type { RunMeasures } from '../../workflows/contract/runs/run.ts';
import { memoryOfTree } from '../sandbox/process-tree.ts';

export interface MemoryUse {
  /** From now, samples are of this process and its descendants; none is taken after it has ended. */
  watchProcess(pid: number): void;
  /** Adds a figure that was measured elsewhere. */
  sample(bytes: number): void;
  figures(): Pick<RunMeasures, 'memoryPeakBytes' | 'memoryMeanBytes'>;
  readonly close: () => void;
}

const sampleMilliseconds = 1_000;
/** A browser has some ten processes; no more than these are looked at. */
const mostProcesses = 64;

const watched = new Set<() => void>();
let timer: NodeJS.Timeout | undefined;

/** Begins to sample, at once and every second. */
export function watchMemory(): MemoryUse {
  let pid: number | null = null;
  let peak = 0;
  let sum = 0;
  let count = 0;
  const add = (bytes: number): void => {
    peak = Math.max(peak, bytes);
    sum += bytes;
    count += 1;
  };
  let isElsewhere = false;
  const take = (): void => {
    if (isElsewhere) return;
    const bytes = pid === null ? process.memoryUsage.rss() : memoryOfTree(pid, mostProcesses, false);
    // The process may have ended.
    if (bytes > 0) add(bytes);
  };
  const restart = (): void => {
    [peak, sum, count] = [0, 0, 0];
  };
  take();
  begin(take);
  return {
    watchProcess(own) {
      pid = own;
      restart();
      take();
    },
    sample(bytes) {
      if (!isElsewhere) restart();
      isElsewhere = true;
      add(bytes);
    },
    figures() {
      take();
      return count === 0
        ? { memoryPeakBytes: null, memoryMeanBytes: null }
        : { memoryPeakBytes: Math.round(peak), memoryMeanBytes: Math.round(sum / count) };
    },
    close: () => end(take),
  };
}

function begin(take: () => void): void {
  watched.add(take);
  timer ??= setInterval(() => {
    for (const one of watched) one();
  }, sampleMilliseconds).unref();
}

function end(take: () => void): void {
  watched.delete(take);
  if (watched.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

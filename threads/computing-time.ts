/**
 * Reports when a thread has used a given amount of processor time. Time is counted only while the thread runs on a
 * processor, so a busy machine or a stopped process does not make short work look long.
 */
import type { Worker } from 'node:worker_threads';

/** Work that hardly uses the processor and does not end is given up after this many times its limit. */
const patience = 10;
const shortestTickMilliseconds = 20;
const longestTickMilliseconds = 500;

/**
 * Calls `usedUp` when the limit is reached, until the returned function ends the watch. Earlier work of the thread does
 * not count.
 */
export function watchComputingTime(thread: Worker, milliseconds: number, usedUp: () => void): () => void {
  const used = createMeter(thread);
  const tick = Math.min(longestTickMilliseconds, Math.max(shortestTickMilliseconds, milliseconds / 10));
  // Counts ticks instead of reading a clock: a stopped process has no ticks.
  let passed = 0;
  const timer = setInterval(() => {
    passed += tick;
    if (used() >= milliseconds || passed >= patience * milliseconds) usedUp();
  }, tick);
  return () => clearInterval(timer);
}

/**
 * Returns the milliseconds used at the last measurement. A thread in the middle of a native call is measured after it.
 */
function createMeter(thread: Worker): () => number {
  let begun: number | undefined;
  let newest = 0;
  let isAsking = false;
  const ask = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    try {
      const { user, system } = await thread.cpuUsage();
      newest = (user + system) / 1000;
      begun ??= newest;
    } catch {
      // The thread has not started yet, or has ended; whoever waits for its result gets that error.
    } finally {
      isAsking = false;
    }
  };
  void ask();
  return () => {
    void ask();
    return begun === undefined ? 0 : newest - begun;
  };
}

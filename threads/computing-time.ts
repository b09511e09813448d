/**
 * Tells when a thread has computed for so long. What counts is the time it had a processor: neither a machine that is busy
 * with other things nor a process that is stopped makes work of strangers look long that is not.
 */
import type { Worker } from 'node:worker_threads';

/** Work that hardly computes, and does not end either, is given up after so many times its limit. */
const patience = 10;
const shortestTickMilliseconds = 20;
const longestTickMilliseconds = 500;

/** Calls `usedUp` until the watch is ended by what this returns. What the thread has computed before does not count. */
export function watchComputingTime(thread: Worker, milliseconds: number, usedUp: () => void): () => void {
  const used = createMeter(thread);
  const tick = Math.min(longestTickMilliseconds, Math.max(shortestTickMilliseconds, milliseconds / 10));
  // Ticks are counted and no clock is read: a process that is stopped has none.
  let passed = 0;
  const timer = setInterval(() => {
    passed += tick;
    if (used() >= milliseconds || passed >= patience * milliseconds) usedUp();
  }, tick);
  return () => clearInterval(timer);
}

/** Returns what was used at the last answer, in milliseconds; a thread in the middle of a native call answers after it. */
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
      // It is not up yet, or has ended, as whoever waits for its result is told.
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

/**
 * Records how far a phase is, for people who watch. It is no more than that: a store that is away or slow neither ends the phase
 * nor holds it up.
 */
import type { PhaseProgress } from '../../store/experiments/experiment-row.ts';

/**
 * Each record is a row's change and reaches everyone who watches: with heartbeats each second, every second one. A bit less than
 * two seconds, or a timer that is a moment early would make it three.
 */
const leastMilliseconds = 1_800;

/** The returned function may be called at any rate: it writes about each two seconds, and one at a time. */
export function createProgressRecord(
  write: (progress: PhaseProgress) => Promise<void>,
  now: () => number = () => performance.now(),
): (progress: PhaseProgress) => void {
  let isWriting = false;
  let writtenAt = Number.NEGATIVE_INFINITY;
  return (progress) => {
    if (isWriting || now() - writtenAt < leastMilliseconds) return;
    isWriting = true;
    writtenAt = now();
    void write(progress)
      .catch(() => undefined)
      .finally(() => (isWriting = false));
  };
}

/** Maintains the store's rows of parts, which `/healthz`, the pages and the alerts show. */
import { partsSeenEveryMilliseconds, type Parts } from '../../../store/platform/parts.ts';
import type { PartReport } from './report.ts';

export interface PartRecorder {
  record(report: PartReport): void;
  /** Writes pending changes, and removes all rows. */
  close(): Promise<void>;
}

/**
 * A store that cannot be written to must not prevent a part from being started: `onFailure` gets the error, and the
 * start continues.
 */
export function recordParts(parts: Parts, onFailure: (error: unknown) => void): PartRecorder {
  let last = Promise.resolve();
  const queue = (write: () => Promise<void>): void => {
    last = last.then(write).catch(onFailure);
  };
  // Rows of an earlier installation that was not stopped in order.
  queue(() => parts.clear());
  const timer = setInterval(() => queue(() => parts.see(new Date())), partsSeenEveryMilliseconds);
  timer.unref();
  return {
    record: (report) => queue(() => parts.write(report, new Date())),
    async close() {
      clearInterval(timer);
      queue(() => parts.clear());
      await last;
    },
  };
}

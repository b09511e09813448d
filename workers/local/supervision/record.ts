/** Keeps the store's rows of parts, which `/healthz`, the pages and the alerts tell of. */
import { partsSeenEveryMilliseconds, type Parts } from '../../../store/platform/parts.ts';
import type { PartReport } from './report.ts';

export interface PartRecorder {
  record(report: PartReport): void;
  /** Writes what is to be written, and takes all rows away. */
  close(): Promise<void>;
}

/** A store that cannot be written to must not keep a part from being started: `onFailure` is told, and it goes on. */
export function recordParts(parts: Parts, onFailure: (error: unknown) => void): PartRecorder {
  let last = Promise.resolve();
  const queue = (write: () => Promise<void>): void => {
    last = last.then(write).catch(onFailure);
  };
  // Those of an installation that was before, and did not stop in order.
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

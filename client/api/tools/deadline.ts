/** The limit within which a caller gets an answer, whatever Temporal or the store do. */

export interface Deadline {
  /** The work's own end, or a rejection with the deadline's error once the time is over. Work that is given up goes on. */
  within<Result>(work: Promise<Result>): Promise<Result>;
  /** Ends the wait; a deadline that is not ended keeps its timer. */
  clear(): void;
}

/** `seconds` null: there is no limit. */
export function createDeadline(seconds: number | null, late: () => Error): Deadline {
  if (seconds === null) return { within: (work) => work, clear: () => undefined };
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const timer = setTimeout(() => reject(late()), seconds * 1000);
  return {
    within: (work) => {
      work.catch(() => undefined);
      return Promise.race([work, promise]);
    },
    clear: () => clearTimeout(timer),
  };
}

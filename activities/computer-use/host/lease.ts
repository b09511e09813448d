/**
 * The lease of a browser host: whoever drives the browser renews it, and when nobody did for its length the host ends.
 * It runs from the host's first moment, so that a host which nobody ever speaks to ends as well.
 */
export interface Lease {
  /** Begins it anew, once for another length than its own. */
  renew(milliseconds?: number): void;
  readonly millisecondsLeft: number;
  /** After this it is never over. */
  stop(): void;
}

export function startLease(ownMilliseconds: number, onOver: () => void): Lease {
  let overAt = performance.now() + ownMilliseconds;
  let timer = setTimeout(onOver, ownMilliseconds);
  return {
    renew(milliseconds = ownMilliseconds) {
      clearTimeout(timer);
      overAt = performance.now() + milliseconds;
      timer = setTimeout(onOver, milliseconds);
    },
    get millisecondsLeft() {
      return Math.max(0, overAt - performance.now());
    },
    stop: () => clearTimeout(timer),
  };
}

/**
 * The lease of a browser host: its owner renews it, and the host ends when the lease has expired. It runs from the
 * host's start, so that a host that no owner ever connects to ends as well.
 */
export interface Lease {
  /** Renews the lease, once for another length than its default. */
  renew(milliseconds?: number): void;
  readonly millisecondsLeft: number;
  /** After this the lease never expires. */
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

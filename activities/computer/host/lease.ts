/**
 * The lease of a browser host: whoever drives the browser renews it, and when nobody did for its length the host ends.
 * It runs from the host's first moment, so that a host which nobody ever speaks to ends as well.
 */
export interface Lease {
  renew(): void;
  readonly millisecondsLeft: number;
  /** After this it is never over. */
  stop(): void;
}

export function startLease(milliseconds: number, onOver: () => void): Lease {
  let renewedAt = performance.now();
  const left = (): number => Math.max(0, renewedAt + milliseconds - performance.now());
  let timer = setTimeout(look, milliseconds);
  // One timer at a time, set again for what is left: renewals are many, and each costs no timer of its own.
  function look(): void {
    const remaining = left();
    if (remaining === 0) onOver();
    else timer = setTimeout(look, Math.ceil(remaining));
  }
  return {
    renew() {
      renewedAt = performance.now();
    },
    get millisecondsLeft() {
      return left();
    },
    stop: () => clearTimeout(timer),
  };
}

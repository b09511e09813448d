/** Decides when a part that died is started again, and when it is given up: pure, by the times of its deaths. */

/** The wait after the first death within the window, after the second, and so on. */
const waits = [1_000, 2_000, 5_000, 12_000, 30_000] as const;
/** An earlier death does not count. */
export const windowMilliseconds = 600_000;
/** The death within the window after which a part is not started again. */
export const lastDeath = waits.length + 1;

export interface Decision {
  /** The deaths that still count, the newest last. */
  readonly deaths: readonly number[];
  /** Milliseconds until it is started again; null when it is not. */
  readonly wait: number | null;
}

/** Decides after a death at `now`; the earlier deaths are those of the last decision. */
export function afterDeath(earlier: readonly number[], now: number): Decision {
  const deaths = [...earlier.filter((at) => now - at < windowMilliseconds), now];
  return { deaths, wait: waits[deaths.length - 1] ?? null };
}

/**
 * Limits how many pieces of work run at the same time, in total and of one kind, so that a kind with long work leaves
 * room for others. Waiting work takes turns by owner: an owner with a hundred pieces of work delays another owner by at
 * most one of them.
 */

export interface Claim {
  readonly kind: string;
  /** For whom the work is done, such as a batch or a lead magnet. */
  readonly owner: string;
  /** Aborted by a caller that gives up: its waiting work leaves the queue. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly claim: Claim;
  readonly begin: (slot: number) => void;
}

/** Each piece of work gets the number of its slot, counted from 0. */
export type ConcurrencyLimit = <Result>(claim: Claim, work: (slot: number) => Promise<Result>) => Promise<Result>;

export function createConcurrencyLimit(most: { readonly all: number; readonly ofAKind: number }): ConcurrencyLimit {
  const free = Array.from({ length: most.all }, (_, slot) => slot);
  const running = new Set<Claim>();
  const waiting = new Set<Waiting>();

  const held = (isSame: (other: Claim) => boolean): number => [...running].filter(isSame).length;

  /** The first waiting work of the owner with the fewest slots, among the kinds that are below their limit. */
  const next = (): Waiting | undefined => {
    let best: { readonly one: Waiting; readonly slots: number } | undefined;
    for (const one of waiting) {
      const { kind, owner } = one.claim;
      if (held((other) => other.kind === kind) >= most.ofAKind) continue;
      const slots = held((other) => other.owner === owner);
      if (best === undefined || slots < best.slots) best = { one, slots };
    }
    return best?.one;
  };

  const fill = (): void => {
    for (let one = next(); one !== undefined && free.length > 0; one = next()) {
      // Reuses the slot that was freed last: its thread still runs.
      const slot = free.pop();
      if (slot === undefined) return;
      waiting.delete(one);
      running.add(one.claim);
      one.begin(slot);
    }
  };

  const slotFor = (claim: Claim): Promise<number> =>
    new Promise((resolve, reject) => {
      const { signal } = claim;
      const onAbort = (): void => {
        waiting.delete(one);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('the caller has given up'));
      };
      const one: Waiting = {
        claim,
        begin: (slot) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(slot);
        },
      };
      waiting.add(one);
      signal?.addEventListener('abort', onAbort, { once: true });
      fill();
    });

  return async (claim, work) => {
    claim.signal?.throwIfAborted();
    const own = { ...claim };
    const slot = await slotFor(own);
    try {
      return await work(slot);
    } finally {
      running.delete(own);
      free.push(slot);
      fill();
    }
  };
}

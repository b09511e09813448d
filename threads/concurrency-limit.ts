/**
 * Lets so many pieces of work run at once, and fewer of one kind, so that a kind whose work is long leaves room for others.
 * What has to wait takes turns by whom it is for: an owner with a hundred pieces of work holds up another by one of them.
 */

export interface Claim {
  readonly kind: string;
  /** Whom the work is for, such as a batch or a lead magnet. */
  readonly owner: string;
  /** Aborted by a caller that gives up; what waits leaves its place then. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly claim: Claim;
  readonly begin: (slot: number) => void;
}

/** Each piece of work is given the number of its slot, from 0. */
export type ConcurrencyLimit = <Result>(claim: Claim, work: (slot: number) => Promise<Result>) => Promise<Result>;

export function createConcurrencyLimit(most: { readonly all: number; readonly ofAKind: number }): ConcurrencyLimit {
  const free = Array.from({ length: most.all }, (_, slot) => slot);
  const running = new Set<Claim>();
  const waiting = new Set<Waiting>();

  const held = (isSame: (other: Claim) => boolean): number => [...running].filter(isSame).length;

  /** The first of the owner who holds the fewest slots, among the kinds that may have one more. */
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
      // The slot that was freed last: its thread is still there.
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

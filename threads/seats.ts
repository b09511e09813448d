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
  readonly begin: (seat: number) => void;
}

/** Each piece of work is told the number of its seat, from 0. */
export type Seats = <Result>(claim: Claim, work: (seat: number) => Promise<Result>) => Promise<Result>;

export function createSeats(most: { readonly all: number; readonly ofAKind: number }): Seats {
  const free = Array.from({ length: most.all }, (_, seat) => seat);
  const seated = new Set<Claim>();
  const waiting = new Set<Waiting>();

  const held = (isSame: (other: Claim) => boolean): number => [...seated].filter(isSame).length;

  /** The first of the owner who holds the fewest seats, among the kinds that may have one more. */
  const next = (): Waiting | undefined => {
    let best: { readonly one: Waiting; readonly seats: number } | undefined;
    for (const one of waiting) {
      const { kind, owner } = one.claim;
      if (held((other) => other.kind === kind) >= most.ofAKind) continue;
      const seats = held((other) => other.owner === owner);
      if (best === undefined || seats < best.seats) best = { one, seats };
    }
    return best?.one;
  };

  const fill = (): void => {
    for (let one = next(); one !== undefined && free.length > 0; one = next()) {
      // The seat that was left last: its thread is still there.
      const seat = free.pop();
      if (seat === undefined) return;
      waiting.delete(one);
      seated.add(one.claim);
      one.begin(seat);
    }
  };

  const seatOf = (claim: Claim): Promise<number> =>
    new Promise((resolve, reject) => {
      const { signal } = claim;
      const leave = (): void => {
        waiting.delete(one);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('the caller has given up'));
      };
      const one: Waiting = {
        claim,
        begin: (seat) => {
          signal?.removeEventListener('abort', leave);
          resolve(seat);
        },
      };
      waiting.add(one);
      signal?.addEventListener('abort', leave, { once: true });
      fill();
    });

  return async (claim, work) => {
    claim.signal?.throwIfAborted();
    const own = { ...claim };
    const seat = await seatOf(own);
    try {
      return await work(seat);
    } finally {
      seated.delete(own);
      free.push(seat);
      fill();
    }
  };
}

/** Which rounds of an experiment are worth keeping: by bitrate and quality. Safe in the workflow sandbox. */

export interface Rated {
  readonly number: number;
  readonly bitrateMbps: number;
  /** Null: infinite. */
  readonly psnrDb: number | null;
}

/** The rate–distortion front: rounds to which no other is at least equal in both, and better in one. */
export function frontOf(rounds: readonly Rated[]): ReadonlySet<number> {
  const front = rounds.filter((round) => !rounds.some((other) => isBetterInAll(other, round)));
  return new Set(front.map(({ number }) => number));
}

/**
 * The best of the front: the smallest of those with the wanted quality; without one, that with the most quality. Of
 * equal ones the first; null without any.
 */
export function bestOf(rounds: readonly Rated[], wantedPsnrDb: number): number | null {
  const good = rounds.filter((round) => psnrOf(round) >= wantedPsnrDb);
  const [best] =
    good.length > 0
      ? good.toSorted((one, other) => one.bitrateMbps - other.bitrateMbps || psnrOf(other) - psnrOf(one))
      : rounds.toSorted((one, other) => psnrOf(other) - psnrOf(one) || one.bitrateMbps - other.bitrateMbps);
  return best?.number ?? null;
}

function psnrOf({ psnrDb }: Rated): number {
  return psnrDb ?? Number.POSITIVE_INFINITY;
}

function isBetterInAll(other: Rated, round: Rated): boolean {
  const isAsGood = other.bitrateMbps <= round.bitrateMbps && psnrOf(other) >= psnrOf(round);
  return isAsGood && (other.bitrateMbps < round.bitrateMbps || psnrOf(other) > psnrOf(round));
}

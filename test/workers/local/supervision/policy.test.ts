import { describe, expect, it } from 'vitest';
import { afterDeath, windowMilliseconds } from '../../../../workers/local/supervision/policy.ts';

/** The waits after deaths at these times. */
function waits(times: readonly number[]): readonly (number | null)[] {
  let deaths: readonly number[] = [];
  return times.map((at) => {
    const decision = afterDeath(deaths, at);
    ({ deaths } = decision);
    return decision.wait;
  });
}

describe('a part that dies', () => {
  it('is started again after a wait that grows from 1 s to 30 s, and is given up at the sixth death in ten minutes', () => {
    expect(waits([0, 1, 2, 3, 4, 5])).toEqual([1_000, 2_000, 5_000, 12_000, 30_000, null]);
  });

  it('is started again for ever when it dies less often', () => {
    const seldom = Array.from({ length: 100 }, (_, index) => (index * windowMilliseconds) / 5);
    expect(new Set(waits(seldom).slice(5))).toEqual(new Set([30_000]));
  });

  it('begins anew with the shortest wait when it has lived for ten minutes', () => {
    expect(waits([0, 1, 2, 2 + windowMilliseconds])).toEqual([1_000, 2_000, 5_000, 1_000]);
  });
});

import { describe, expect, it } from 'vitest';
import {
  applyReportedLimits,
  newRateLimiter,
  acquirePermit,
  reportCall,
  type RateLimiter,
  type Permit,
} from '../../../../store/batches/rate-limiters/rate-limiter.ts';

const start = 1_000_000;
const down = { kind: 'unavailable', retryAfterMilliseconds: null } as const;

function granted(permit: Permit): RateLimiter {
  if (!permit.granted) throw new Error(permit.why);
  return permit.limiter;
}

/** A rate limiter after so many failures of calls that had passed it open. */
function after(failures: number): RateLimiter {
  let limiter = newRateLimiter;
  for (let index = 0; index < failures; index += 1) limiter = reportCall(limiter, down, false, start);
  return limiter;
}

describe("the rate limiter of a provider's model", () => {
  it('keeps the requests and tokens a minute that the headers reported, and fills up again', () => {
    const reported = { requests: { limit: 60, remaining: 2 }, tokens: { limit: 6000, remaining: 100 } };
    let limiter = applyReportedLimits(newRateLimiter, reported, start);
    limiter = granted(acquirePermit(limiter, 10, start));
    limiter = granted(acquirePermit(limiter, 10, start));
    expect(acquirePermit(limiter, 10, start)).toMatchObject({ granted: false, waitMilliseconds: 1000 });
    expect(acquirePermit(limiter, 10, start + 1000).granted).toBe(true);
    expect(acquirePermit(applyReportedLimits(newRateLimiter, reported, start), 200, start)).toMatchObject({
      waitMilliseconds: 1000,
    });
  });

  it('lets a call that is larger than a whole minute go when the bucket is full', () => {
    const limiter = applyReportedLimits(
      newRateLimiter,
      { requests: null, tokens: { limit: 100, remaining: 100 } },
      start,
    );
    expect(acquirePermit(limiter, 5000, start).granted).toBe(true);
  });

  it('closes for as long as Retry-After says', () => {
    const limiter = reportCall(newRateLimiter, { kind: 'rate_limited', retryAfterMilliseconds: 7000 }, false, start);
    expect(acquirePermit(limiter, 1, start + 6999)).toMatchObject({ granted: false, waitMilliseconds: 1 });
    expect(acquirePermit(limiter, 1, start + 7000)).toMatchObject({ granted: true, probe: true });
  });

  it('trips after some failures in a row and then lets one call try at a time', () => {
    expect(acquirePermit(after(4), 1, start).granted).toBe(true);
    const tripped = after(5);
    expect(acquirePermit(tripped, 1, start)).toMatchObject({ granted: false });
    const probing = granted(acquirePermit(tripped, 1, start + 1000));
    expect(acquirePermit(probing, 1, start + 1001)).toMatchObject({ granted: false });
    const back = reportCall(probing, { kind: 'answered' }, true, start + 1100);
    expect(acquirePermit(back, 1, start + 1100)).toMatchObject({ granted: true, probe: false });
  });

  it('waits longer after each failed probe, but not for those that had granted before', () => {
    let limiter = after(5);
    for (let index = 0; index < 40; index += 1) limiter = reportCall(limiter, down, false, start + 10);
    expect(acquirePermit(limiter, 1, start + 2100).granted).toBe(true);
    const waits: number[] = [];
    let now = start + 2100;
    for (let probe = 0; probe < 8; probe += 1) {
      limiter = reportCall(granted(acquirePermit(limiter, 1, now)), down, true, now);
      const refused = acquirePermit(limiter, 1, now);
      if (refused.granted) throw new Error('it is open');
      waits.push(refused.waitMilliseconds);
      now += refused.waitMilliseconds;
    }
    expect(waits).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('takes an answer to a call from before the outage for no sign that it is over', () => {
    const limiter = reportCall(after(5), { kind: 'answered' }, false, start);
    expect(acquirePermit(limiter, 1, start).granted).toBe(false);
  });

  it('forgets a probe whose worker died', () => {
    const probing = granted(acquirePermit(after(5), 1, start + 1000));
    expect(acquirePermit(probing, 1, start + 77_000)).toMatchObject({ granted: true, probe: true });
  });
});

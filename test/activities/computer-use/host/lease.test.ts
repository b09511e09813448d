import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLease } from '../../../../activities/computer-use/host/lease.ts';

describe("a browser's lease", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('A05: is over when nobody renewed it for its length, counted from the last renewal', () => {
    const onOver = vi.fn<() => void>();
    const lease = startLease(1_000, onOver);
    vi.advanceTimersByTime(900);
    lease.renew();
    expect(lease.millisecondsLeft).toBe(1_000);
    vi.advanceTimersByTime(999);
    expect(onOver).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onOver).toHaveBeenCalledTimes(1);
  });

  it('may be renewed for another length, until it is renewed again', () => {
    const onOver = vi.fn<() => void>();
    const lease = startLease(1_000, onOver);
    lease.renew(60_000);
    vi.advanceTimersByTime(59_000);
    expect(onOver).not.toHaveBeenCalled();
    lease.renew();
    vi.advanceTimersByTime(1_000);
    expect(onOver).toHaveBeenCalledTimes(1);
  });

  it('A05: is over even if nobody ever renewed it, and never once it was stopped', () => {
    const onOver = vi.fn<() => void>();
    startLease(1_000, onOver);
    startLease(1_000, () => expect.unreachable()).stop();
    vi.advanceTimersByTime(10_000);
    expect(onOver).toHaveBeenCalledTimes(1);
  });
});

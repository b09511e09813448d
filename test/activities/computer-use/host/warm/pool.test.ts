import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WarmPool, type WarmPoolRequest } from '../../../../../activities/computer-use/host/warm/pool.ts';
import { createIdleness, roomOf } from '../../../../../activities/computer-use/host/warm/room.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const display = { width: 1024, height: 768 };
const minutes = 60_000;

/** A pool with hosts that start when they are let, unless `startsAtOnce`. */
function startPool(given: Partial<WarmPoolRequest> & { readonly startsAtOnce?: boolean } = {}) {
  const { startsAtOnce = true, ...request } = given;
  const started: { name: string; ended: () => void }[] = [];
  const removed: string[] = [];
  const problems: unknown[] = [];
  const counts: { warm: number; starting: number }[] = [];
  const begun = Promise.withResolvers<void>();
  const pool = new WarmPool({
    size: 2,
    start: async (of) => {
      const name = `warm-${started.length + 1}`;
      const gone = Promise.withResolvers<void>();
      started.push({ name, ended: gone.resolve });
      if (!startsAtOnce) await begun.promise;
      return { name, display: of, leash: { renew: () => undefined, release: () => undefined, gone: gone.promise } };
    },
    remove: async (name) => void removed.push(name),
    room: () => 'for_more',
    isIdle: () => true,
    ...request,
  });
  pool.start({ count: (of) => void counts.push(of), onProblem: (error) => void problems.push(error) });
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
  return { pool, started, removed, problems, counts, pass, letStart: begun.resolve };
}

it('L05: fills up to its size, one at a time, gives each host to one session, and replaces what was given out', async () => {
  const { pool, started, counts, pass, letStart } = startPool({ startsAtOnce: false });
  await pass(5_000);
  expect(started).toHaveLength(1);
  expect(counts.at(-1)).toEqual({ warm: 0, starting: 1 });
  letStart();
  await pass(5_000);
  expect(counts.at(-1)).toEqual({ warm: 2, starting: 0 });
  expect([pool.take(display)?.name, pool.take(display)?.name, pool.take(display)]).toEqual(['warm-1', 'warm-2', null]);
  await pass(5_000);
  expect(pool.take(display)?.name).toBe('warm-3');
});

it('L05: gives a host whose tab has the session’s size if there is one, and starts the next ones in the newest size', async () => {
  const { pool, pass } = startPool();
  const large = { width: 1280, height: 800 };
  await pass(5_000);
  expect(pool.take(large)).toMatchObject({ name: 'warm-1', display });
  await pass(5_000);
  expect(pool.take(large)).toMatchObject({ name: 'warm-3', display: large });
});

it('L05: replaces a host that has waited half an hour, and one that ended', async () => {
  const { pool, started, removed, pass } = startPool();
  await pass(5_000);
  started[1]?.ended();
  await pass(1);
  expect(removed).toEqual(['warm-2']);
  await pass(31 * minutes);
  expect(removed.slice(0, 3)).toEqual(['warm-2', 'warm-1', 'warm-3']);
  expect(pool.take(display)?.name).toBe('warm-4');
});

it('L05: starts none without memory for it, and ends those that wait when memory is short', async () => {
  let room: ReturnType<WarmPoolRequest['room']> = 'for_these';
  const { pool, started, removed, pass } = startPool({ room: () => room });
  await pass(10_000);
  expect(started).toEqual([]);
  room = 'for_more';
  await pass(5_000);
  room = 'too_little';
  await pass(5_000);
  expect(removed).toEqual(['warm-1', 'warm-2']);
  expect(pool.take(display)).toBeNull();
});

it('L05: waits for an idle machine, but not for ever', async () => {
  const { started, pass } = startPool({ isIdle: () => false });
  await pass(4_000);
  expect(started).toEqual([]);
  await pass(2_000);
  expect(started).toHaveLength(1);
});

it('L05: tries again ever more rarely when no host starts, and tells why', async () => {
  const start = vi.fn<WarmPoolRequest['start']>().mockRejectedValue(new Error('no Chromium'));
  const { problems, pass } = startPool({ start });
  await pass(10 * minutes);
  expect(problems[0]).toEqual(new Error('no Chromium'));
  expect(start.mock.calls.length).toBeLessThan(20);
});

it('L05: ends all its hosts when it is closed, and the one that is being started', async () => {
  const { pool, removed, pass, letStart } = startPool({ startsAtOnce: false });
  await pass(1_000);
  const closed = pool.close();
  letStart();
  await closed;
  expect(removed).toEqual(['warm-1']);
});

it('L05: keeps memory for each session that may run; a machine counts as busy above 70 % of its processors', () => {
  const gibibyte = 2 ** 30;
  expect([3, 1.1, 0.4].map((free) => roomOf(2, free * gibibyte))).toEqual(['for_more', 'for_these', 'too_little']);
  const readings = [0, 60, 140].map((busy, index) => ({ busy, all: index * 100 }));
  const isIdle = createIdleness(() => readings.shift() ?? { busy: 0, all: 0 });
  expect([isIdle(), isIdle()]).toEqual([true, false]);
});

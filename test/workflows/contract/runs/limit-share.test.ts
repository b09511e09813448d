import { expect, it } from 'vitest';
import { limitPermille } from '../../../../workflows/contract/runs/limit-share.ts';
import { completeTimes } from '../../../../workflows/contract/runs/run.ts';

const limits = { attemptSeconds: 100, totalSeconds: 1_000, heartbeatSeconds: null, attempts: 3 };
const run = { limits, times: completeTimes({ model: 50_000 }, 50_000), reason: null, queuedMs: 0, endedMs: 50_000 };

it('A08: a run has used the larger share of the limit of its last attempt and of all attempts', () => {
  expect(limitPermille(run)).toBe(500);
  // 400 s in all, of which the last attempt took 50 s.
  const retried = { ...run, endedMs: 400_000, times: completeTimes({ queue: 20_000, retry: 330_000 }, 400_000) };
  expect(limitPermille(retried)).toBe(500);
  expect(limitPermille({ ...retried, endedMs: 900_000, times: completeTimes({ retry: 870_000 }, 900_000) })).toBe(900);
});

it('A08: time in which a person was waited for is not counted', () => {
  const asked = { ...run, endedMs: 950_000, times: completeTimes({ person: 900_000, model: 50_000 }, 950_000) };
  expect(limitPermille(asked)).toBe(500);
});

it('A12: a time-out has used its whole limit, also when no worker has measured it', () => {
  expect(limitPermille({ ...run, times: null, reason: 'timeout_heartbeat' })).toBe(1_000);
  expect(limitPermille({ ...run, times: null, limits: null, reason: 'timeout_schedule_to_start' })).toBe(1_000);
  expect(limitPermille({ ...run, times: null, reason: 'browser' })).toBe(null);
  expect(limitPermille({ ...run, limits: null })).toBe(null);
});

import { Context } from '@temporalio/activity';
import { ActivityCancellationDetails } from '@temporalio/common';
import { expect, it, vi } from 'vitest';
import { failure } from '../../../activities/failure.ts';
import { createAttemptMetrics, measureAttempts } from '../../../workers/metrics/attempts.ts';
import { activityPlace } from '../../support/jobs/activity-inputs.ts';
import { recordingMeter, type Measurement } from '../../support/recording-meter.ts';

type Place = ReturnType<typeof activityPlace>;

/** What an attempt measures; `work` gets the place to cancel it, and what was measured so far. */
async function measuredBy(
  info: Parameters<typeof activityPlace>[0],
  work: (place: Place, measured: readonly Measurement[]) => Promise<unknown>,
): Promise<readonly Measurement[]> {
  const { meter, measured } = recordingMeter();
  const factory = measureAttempts(createAttemptMetrics(meter, []));
  measured.length = 0;
  const place = activityPlace({ activityType: 'runAi', scheduleToCloseTimeoutMs: 0, ...info });
  const attempt = async (): Promise<unknown> => {
    const { inbound } = factory(Context.current());
    return inbound?.execute?.({ args: [], headers: {} }, () => work(place, measured));
  };
  await place.run(attempt).catch(() => undefined);
  return measured;
}

const counts = (measured: readonly Measurement[]): readonly unknown[] =>
  measured.filter(([name]) => name !== 'lodestone_attempt_limit_ratio').map(([name, , tags]) => [name, tags]);
const activity = 'runAi';

it('A09: an attempt is measured by how it ended, and by the share of its limit that it took', async () => {
  const measured = await measuredBy({ startToCloseTimeoutMs: 60_000 }, async () => undefined);
  expect(measured).toEqual([
    ['lodestone_attempts', 1, { activity, end: 'completed' }],
    ['lodestone_attempt_limit_ratio', expect.any(Number), { activity }],
  ]);
  const failed = await measuredBy({ startToCloseTimeoutMs: 60_000 }, () => Promise.reject(failure('sandbox', 'none')));
  expect(counts(failed)).toEqual([
    ['lodestone_attempts', { activity, end: 'failed' }],
    ['lodestone_attempt_errors', { type: 'sandbox' }],
  ]);
  const cancelled = await measuredBy({ startToCloseTimeoutMs: 60_000 }, (place) => {
    place.cancel();
    return Context.current().cancelled;
  });
  expect(counts(cancelled)).toEqual([['lodestone_attempts', { activity, end: 'cancelled' }]]);
});

it('A09, A12: an attempt that nears its limit, and one that reaches it, is told while it runs, with which limit', async () => {
  const untilOver = async (_place: Place, measured: readonly Measurement[]): Promise<void> => {
    await vi.waitFor(() => expect(measured).toHaveLength(2), { timeout: 30_000, interval: 5 });
  };
  const over = (limit: string): readonly unknown[] => [
    ['lodestone_attempts_near_limit', { activity }],
    ['lodestone_attempt_timeouts', { activity, limit }],
    ['lodestone_attempts', { activity, end: 'timed_out' }],
  ];
  expect(counts(await measuredBy({ startToCloseTimeoutMs: 20 }, untilOver))).toEqual(over('start_to_close'));
  const late = { startToCloseTimeoutMs: 60_000, scheduleToCloseTimeoutMs: 1_000, scheduledTimestampMs: 0 };
  const measured = await measuredBy(late, untilOver);
  expect(counts(measured)).toEqual(expect.arrayContaining([...over('schedule_to_close')]));
});

it('A12: an attempt whose heartbeats stopped is told apart from one that took too long', async () => {
  const measured = await measuredBy({ startToCloseTimeoutMs: 60_000 }, (place) => {
    place.cancel('TIMED_OUT', new ActivityCancellationDetails({ timedOut: true }));
    return Context.current().cancelled;
  });
  expect(counts(measured)).toEqual([
    ['lodestone_attempts', { activity, end: 'timed_out' }],
    ['lodestone_attempt_timeouts', { activity, limit: 'heartbeat' }],
  ]);
});

it('counters of activities begin at 0, so that Prometheus sees their first event as an increase', () => {
  const { meter, measured } = recordingMeter();
  createAttemptMetrics(meter, ['runAi']);
  expect(measured).toContainEqual(['lodestone_attempt_timeouts', 0, { activity, limit: 'heartbeat' }]);
  expect(measured).toContainEqual(['lodestone_attempts', 0, { activity, end: 'failed' }]);
  expect(measured).toContainEqual(['lodestone_attempts_near_limit', 0, { activity }]);
});

import { expect, it } from 'vitest';
import { completeTimes, noMeasures, type Run } from '../../../workflows/contract/runs/run.ts';
import { createRunMetrics } from '../../../workers/metrics/runs.ts';
import { recordingMeter, type Measurement } from '../../support/recording-meter.ts';

const second = 1000;

function run(parts: Partial<Run> = {}): Run {
  return {
    ...noMeasures,
    key: 'step.job.visit.1',
    kind: 'step',
    work: 'computer_use',
    ownerId: 'job',
    partId: 'visit',
    leadMagnet: 'audit',
    outcome: 'succeeded',
    reason: null,
    limits: { attemptSeconds: 200, totalSeconds: 1000, heartbeatSeconds: 12, attempts: 3 },
    limitsVersion: 0,
    queuedMs: 0,
    endedMs: 190 * second,
    times: completeTimes({ queue: 10 * second, browser: 100 * second, model: 80 * second }, 190 * second),
    turns: 4,
    inputTokens: 100,
    outputTokens: 10,
    costMicroUsd: 2500.4,
    attempts: 1,
    ...parts,
  };
}

/** What these runs measure, without what begins at 0. */
function measuredOf(...runs: readonly Run[]): readonly Measurement[] {
  const { meter, measured } = recordingMeter();
  const metrics = createRunMetrics(meter);
  measured.length = 0;
  for (const one of runs) metrics.measure(one);
  return measured;
}

const of = (name: string, measured: readonly Measurement[]): readonly unknown[] =>
  measured.filter(([one]) => one === `lodestone_${name}`).map(([, value, tags]) => [value, tags]);
const tags = { kind: 'step', work: 'computer_use' };

it('A11, L13: a run is measured by its duration, its share of the limit, where its time went, its cost and how slow it was', () => {
  const measured = measuredOf(run({ model: 'm', coldStart: true }));
  expect(of('run_duration', measured)).toEqual([[190, { ...tags, outcome: 'succeeded' }]]);
  expect(of('runs', measured)).toEqual([[1, { ...tags, outcome: 'succeeded', reason: 'none' }]]);
  expect(of('limits_version_duration', measured)).toEqual([
    [190, { version: '0', work: 'computer_use', outcome: 'succeeded' }],
  ]);
  // 180 s, without the queue.
  expect(of('slow_runs', measured)).toEqual([[1, { ...tags, seconds: '120' }]]);
  // Its attempt took 180 s of 200, all of it 190 s of 1000.
  expect(of('run_limit_ratio', measured)).toEqual([[0.9, tags]]);
  expect(of('run_part_milliseconds', measured)).toEqual([
    [10 * second, { ...tags, part: 'queue' }],
    [80 * second, { ...tags, part: 'model' }],
    [100 * second, { ...tags, part: 'browser' }],
  ]);
  expect(of('run_cost_microusd', measured)).toEqual([[2500, { ...tags, model: 'm' }]]);
  expect(of('run_starts', measured)).toEqual([[1, { work: 'computer_use', start: 'cold' }]]);
  expect(of('run_timeouts', measured)).toEqual([]);
});

it('L13: a run that waited for a person is not slow', () => {
  const times = completeTimes({ person: 3600 * second, browser: 100 * second }, 3700 * second);
  const measured = measuredOf(run({ endedMs: 3700 * second, times }));
  expect(of('run_duration', measured)).toEqual([[100, expect.anything()]]);
  expect(of('slow_runs', measured)).toEqual([]);
});

it('A12: time-outs are told apart by the limit, and from the limits of the work itself', () => {
  const ended = (reason: Run['reason']): Run => run({ outcome: 'timed_out', reason });
  const measured = measuredOf(
    ended('timeout_start_to_close'),
    ended('timeout_heartbeat'),
    ended('timeout_schedule_to_close'),
    ended('timeout_schedule_to_start'),
    ended('time_limit'),
  );
  const limits = ['start_to_close', 'heartbeat', 'schedule_to_close', 'schedule_to_start', 'own'];
  expect(of('run_timeouts', measured)).toEqual(limits.map((limit) => [1, { kind: 'step', limit }]));
});

it('L13: a run that waited for a free worker is not slow', () => {
  const times = completeTimes({ queue: 170 * second, model: 20 * second }, 190 * second);
  expect(of('slow_runs', measuredOf(run({ times })))).toEqual([]);
});

it('the newest versions of limits keep their names, and older ones are told together', () => {
  const versions = [...Array.from({ length: 25 }, (_one, index) => index), 24, 0];
  const measured = measuredOf(...versions.map((limitsVersion) => run({ limitsVersion })));
  const told = measured
    .filter(([name]) => name === 'lodestone_limits_version_duration')
    .map(([, , { version }]) => version);
  expect(told).toEqual([...versions.slice(0, -1).map(String), 'other']);
});

it('names of models are capped, and what alerts ask for begins at 0', () => {
  const runs = Array.from({ length: 60 }, (_one, index) => run({ model: `model-${index}` }));
  const costs = measuredOf(...runs).filter(([name]) => name === 'lodestone_run_cost_microusd');
  const models = new Set(costs.map(([, , { model }]) => model));
  expect(models.size).toBe(51);
  expect(models).toContain('other');
  const { meter, measured } = recordingMeter();
  createRunMetrics(meter);
  expect(of('run_timeouts', measured)).toContainEqual([0, { kind: 'experiment', limit: 'own' }]);
  expect(of('slow_runs', measured)).toContainEqual([0, { kind: 'step', work: 'ai', seconds: '120' }]);
});

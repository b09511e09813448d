/**
 * The metrics of computer use. The worker's settings decide where they are sent; without such a setting they are
 * dropped.
 */
import type { MetricMeter } from '@temporalio/common';
import type { RecoveryLevel } from '../../workflows/contract/jobs/job.ts';
import type { LoopEnd } from './loop/checkpoint.ts';

export interface ComputerUseMetrics {
  /** A budget of a run has passed 80 %. */
  warned(limit: string): void;
  /** An attempt has got its browser; `coldStart` tells whether the session had to wait for that browser to start. */
  opened(recoveryLevel: RecoveryLevel, coldStart: boolean): void;
  /** A run has ended; the active time covers all its attempts. */
  ended(reason: LoopEnd['reason'], seconds: number): void;
}

export function createComputerUseMetrics(meter: MetricMeter): ComputerUseMetrics {
  const warnings = meter.createCounter(
    'lodestone_budget_warnings',
    'warnings',
    'budgets of computer-use runs that have passed 80 %',
  );
  const browsers = meter.createCounter(
    'lodestone_computer_use_browsers',
    'browsers',
    'attempts at computer use, by how they came to their browser',
  );
  const durations = meter.createHistogram(
    'lodestone_computer_use_duration',
    'float',
    's',
    'active time of computer-use runs over all attempts, by end',
  );
  return {
    warned: (limit) => warnings.add(1, { limit }),
    opened: (recoveryLevel, coldStart) =>
      browsers.add(1, { recovery_level: recoveryLevel, start: coldStart ? 'cold' : 'warm' }),
    ended: (end, seconds) => durations.record(seconds, { end }),
  };
}

/** Tells how many browsers of this worker wait for a session, and how many are being started for that. */
export function createWarmBrowsersGauge(
  meter: MetricMeter,
): (counts: { readonly warm: number; readonly starting: number }) => void {
  const gauge = meter.createGauge(
    'lodestone_warm_browsers',
    'int',
    'browsers',
    'browsers that wait for a session, by state: warm or starting',
  );
  return ({ warm, starting }) => {
    gauge.set(warm, { state: 'warm' });
    gauge.set(starting, { state: 'starting' });
  };
}

/** The metrics of experiments: how they end, and how long their phases take. */
import type { MetricMeter } from '@temporalio/common';
import type { ExperimentEnd, ExperimentPhase, PhaseResult } from '../../workflows/contract/experiments/experiment.ts';

export function measureExperimentEnd(meter: MetricMeter, state: ExperimentEnd): void {
  meter
    .createCounter('lodestone_experiment_ends', 'experiments', 'ended experiments, by how they ended')
    .add(1, { state });
}

/** `end` is the type of the failure, or `value`. */
export function measurePhase(
  meter: MetricMeter,
  phase: ExperimentPhase,
  seconds: number,
  result: PhaseResult<unknown>,
): void {
  const end = 'failure' in result ? result.failure.type : 'value';
  meter
    .createHistogram(
      'lodestone_experiment_phase_duration',
      'float',
      's',
      'phases of experiments, with what surrounds them',
    )
    .record(seconds, { phase, end });
}

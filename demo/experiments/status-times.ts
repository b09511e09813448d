/** How long the API takes to tell the state of an experiment while it runs. */
import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../../bench/measure.ts';
import { findExperiment } from '../../client/cli/experiments/experiment-calls.ts';
import { hasEnded, type Experiment, type Installation } from './experiment-calls.ts';

export interface StatusTimes {
  readonly answers: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

const pauseMilliseconds = 5;

/** Reads the experiment again and again until it has ended. */
export async function watchTimed(
  installation: Installation,
  id: string,
): Promise<{ readonly experiment: Experiment; readonly milliseconds: readonly number[] }> {
  const milliseconds: number[] = [];
  for (;;) {
    const began = performance.now();
    const experiment = await findExperiment(installation.api, id);
    milliseconds.push(performance.now() - began);
    if (hasEnded(experiment)) return { experiment, milliseconds };
    await delay(pauseMilliseconds);
  }
}

export function statusTimes(milliseconds: readonly number[]): StatusTimes {
  return {
    answers: milliseconds.length,
    p50Milliseconds: percentile(milliseconds, 0.5),
    p99Milliseconds: percentile(milliseconds, 0.99),
  };
}

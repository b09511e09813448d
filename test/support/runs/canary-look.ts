/** Looks at a canary for tests: jobs that start at even distances, every tenth with the candidate, seen at any time. */
import { mersenne } from 'pure-rand/generator/mersenne';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { ArmRuns, CanaryLook, EndedRun, RunUnderWay } from '../../../workflows/contract/limits/canary/runs.ts';

export interface PlannedRun extends EndedRun {
  readonly isCanary: boolean;
}

/** What one run takes, given its arm and draws from 0 up to 1. */
export type RunMaker = (isCanary: boolean, uniform: () => number) => Omit<EndedRun, 'jobId' | 'startedAtMs'>;

export const secondsBetweenStarts = 10;

export function planRuns(count: number, seed: number, make: RunMaker): readonly PlannedRun[] {
  const generator = mersenne(seed);
  const uniform = (): number => uniformFloat64(generator);
  return Array.from({ length: count }, (_, index) => {
    const isCanary = uniform() < 0.1;
    return {
      jobId: `job-${index}`,
      startedAtMs: index * secondsBetweenStarts * 1000,
      isCanary,
      ...make(isCanary, uniform),
    };
  });
}

/** What is known of the runs at a time. */
export function lookAt(runs: readonly PlannedRun[], nowMs: number): CanaryLook {
  const started = runs.filter(({ startedAtMs }) => startedAtMs <= nowMs);
  return {
    beganAtMs: 0,
    nowMs,
    canary: armAt(
      started.filter(({ isCanary }) => isCanary),
      nowMs,
    ),
    control: armAt(
      started.filter(({ isCanary }) => !isCanary),
      nowMs,
    ),
  };
}

function armAt(runs: readonly PlannedRun[], nowMs: number): ArmRuns {
  const endOf = ({ startedAtMs, durationMs }: EndedRun): number => startedAtMs + durationMs;
  const ended = runs.filter((run) => endOf(run) <= nowMs).toSorted((left, right) => endOf(left) - endOf(right));
  const underWay: RunUnderWay[] = runs
    .filter((run) => endOf(run) > nowMs)
    .map(({ jobId, startedAtMs }) => ({ jobId, startedAtMs }));
  return { ended, underWay };
}

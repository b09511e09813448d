/**
 * The workflow of an experiment: makes the video, then in rounds has code written, encodes, decodes and scores, and records how
 * it ended. Whatever fails, the experiment reaches an end: what its code did and what the installation could not do are values.
 */
import { CancellationScope, setCurrentDetails } from '@temporalio/workflow';
import type { ExperimentFailure, ExperimentInput, ExperimentResult } from '../contract/experiments/experiment.ts';
import { runPhase, storing, type Course } from './phases.ts';
import { runRound } from './round.ts';

export async function experiment(input: ExperimentInput): Promise<ExperimentResult> {
  const { experimentId, tenant, limits } = input;
  const course: Course = { input, spentSeconds: 0, writingSeconds: 0 };
  const failure = await runPhases(course);
  const { spentSeconds, writingSeconds } = course;
  const times = { sandboxSeconds: spentSeconds - writingSeconds, modelSeconds: writingSeconds };
  setCurrentDetails('store');
  const result = await CancellationScope.nonCancellable(() =>
    storing(limits).endExperiment({ experimentId, tenant, failure, times }),
  );
  setCurrentDetails(result.state);
  return result;
}

/** Returns what ended the experiment before its rounds did; null when they decide how it ends. */
async function runPhases(course: Course): Promise<ExperimentFailure | null> {
  const { experimentId, tenant, rounds, writes } = course.input;
  const dispatched = await runPhase(course, 'dispatch', 0, (activities, limits) =>
    activities.dispatchExperiment({ experimentId, tenant, limits }),
  );
  if ('failure' in dispatched) return dispatched.failure;
  for (let round = 1; round <= rounds; round += 1) {
    const isWritten = writes === 'all' || (writes === 'after_first' && round > 1);
    const next = await runRound({ course, round, isWritten, video: dispatched.value });
    if (next === 'enough') return null;
    if (next !== 'next') return next;
  }
  return null;
}

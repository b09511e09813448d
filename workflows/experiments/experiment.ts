/**
 * The workflow of an experiment: makes the video, then in rounds has code written, encodes, decodes and scores, and records how
 * it ended. Whatever fails, the experiment reaches an end: what its code did is a value, a fault of the installation ends it,
 * and a timer keeps the limit of the whole.
 */
import { CancellationScope, setCurrentDetails, sleep, TemporalFailure } from '@temporalio/workflow';
import type {
  DispatchedVideo,
  ExperimentFailure,
  ExperimentInput,
  ExperimentResult,
} from '../contract/experiments/experiment.ts';
import { failureOf, type CutFacts } from './experiment-failure.ts';
import { dispatching, storing } from './phases.ts';
import { runRound } from './round.ts';

export async function experiment(input: ExperimentInput): Promise<ExperimentResult> {
  const { experimentId, tenant, limits } = input;
  const facts: CutFacts = { limits, gpu: input.gpu, phase: 'dispatch', isTimeUp: false };
  const failure = await runPhases(input, facts);
  setCurrentDetails('store');
  const result = await CancellationScope.nonCancellable(() =>
    storing(limits).endExperiment({ experimentId, tenant, failure }),
  );
  setCurrentDetails(result.state);
  return result;
}

/** Returns what ended the experiment before its rounds did; null when they decide how it ends. */
async function runPhases(input: ExperimentInput, facts: CutFacts): Promise<ExperimentFailure | null> {
  const { experimentId, tenant, limits } = input;
  try {
    setCurrentDetails('dispatch');
    const dispatched = await dispatching(limits).dispatchExperiment({ experimentId, tenant, limits });
    if ('failure' in dispatched) return dispatched.failure;
    await withinTotal(facts, () => runRounds(input, dispatched.value, facts));
    return null;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return failureOf(error, facts);
  }
}

async function runRounds(input: ExperimentInput, video: DispatchedVideo, facts: CutFacts): Promise<void> {
  for (let round = 1; round <= input.rounds; round += 1) {
    const isWritten = input.writes === 'all' || (input.writes === 'after_first' && round > 1);
    const next = await runRound({ input, round, isWritten, video, facts });
    if (next === 'enough') return;
  }
}

/** Cancels the work when the time of the whole is up. It counts from when the video is there. */
async function withinTotal(facts: CutFacts, work: () => Promise<void>): Promise<void> {
  const scope = new CancellationScope();
  const timer = new CancellationScope();
  const ringing = timer.run(async () => {
    await sleep(facts.limits.totalSeconds * 1000);
    facts.isTimeUp = true;
    scope.cancel();
  });
  ringing.catch(() => undefined);
  try {
    await scope.run(work);
  } finally {
    timer.cancel();
  }
}

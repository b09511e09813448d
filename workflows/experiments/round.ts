/**
 * One round of an experiment: code, encode, decode, score. What each phase gave is kept here and recorded once, at the end of the
 * round, so that a late attempt of a phase cannot change a record.
 */
import { CancellationScope, TemporalFailure } from '@temporalio/workflow';
import type {
  ContentReference,
  DispatchedVideo,
  ExperimentFailure,
  PhaseResult,
  RoundEnd,
} from '../contract/experiments/experiment.ts';
import { roundState } from '../contract/experiments/round-state.ts';
import { cancelledIn, endsExperiment, failureOf, totalTimeUp } from './experiment-failure.ts';
import { leftOf, recording, runPhase, type Course } from './phases.ts';

export interface RoundRequest {
  readonly course: Course;
  readonly round: number;
  /** Whether a model writes its code. */
  readonly isWritten: boolean;
  readonly video: DispatchedVideo;
}

type Found = { -readonly [Key in 'code' | 'note' | 'encoded' | 'decoded' | 'score' | 'failure']: RoundEnd[Key] };

/** `enough`: no further round is to be made. A failure is what ends the whole experiment. */
export async function runRound(request: RoundRequest): Promise<'enough' | 'next' | ExperimentFailure> {
  const { course, round } = request;
  const { experimentId, tenant, limits } = course.input;
  const phase = request.isWritten ? 'write' : 'encode';
  if (CancellationScope.current().consideredCancelled) return cancelledIn(phase);
  if (leftOf(course) <= 0) return totalTimeUp(phase, limits);
  const found: Found = { code: null, note: null, encoded: null, decoded: null, score: null, failure: null };
  if ((await runRoundPhases(request, found)) === 'enough') return 'enough';
  // What was measured is kept, also when the experiment is cancelled at this moment.
  await CancellationScope.nonCancellable(() =>
    recording().endRound({ experimentId, tenant, round, ...found, state: roundState(found) }),
  );
  return found.failure !== null && endsExperiment(found.failure) ? found.failure : 'next';
}

async function runRoundPhases(request: RoundRequest, found: Found): Promise<'enough' | 'done'> {
  const { course, round, video } = request;
  const { experimentId, tenant } = course.input;
  const code = await codeOf(request, found);
  if (code === 'enough') return 'enough';
  if (code === null) return 'done';
  const asked = { experimentId, tenant, round, code, video };

  const encoding = await runPhase(course, 'encode', round, (activities, limits) =>
    activities.encodeRound({ ...asked, limits }),
  );
  found.encoded = valueOf(encoding, found);
  if (found.encoded === null) return 'done';

  const toDecode = { ...asked, encoded: found.encoded.content };
  const decoding = await runPhase(course, 'decode', round, (activities, limits) =>
    activities.decodeRound({ ...toDecode, limits }),
  );
  found.decoded = valueOf(decoding, found);
  if (found.decoded === null) return 'done';

  const toScore = { ...toDecode, decoded: found.decoded.content };
  const scoring = await runPhase(course, 'score', round, (activities, limits) =>
    activities.scoreRound({ ...toScore, limits }),
  );
  found.score = valueOf(scoring, found);
  return 'done';
}

/** The code of the round; null when there is none. */
async function codeOf(request: RoundRequest, found: Found): Promise<ContentReference | 'enough' | null> {
  const { course, round, isWritten, video } = request;
  const { experimentId, tenant } = course.input;
  if (!isWritten) {
    found.code = valueOf(await givenCode(course), found);
    return found.code;
  }
  const writing = await runPhase(course, 'write', round, (activities, limits) =>
    activities.writeCode({ experimentId, tenant, round, limits, video: video.info }),
  );
  const written = valueOf(writing, found);
  if (written === null) return null;
  if ('enough' in written) return 'enough';
  found.code = written.code;
  found.note = written.note;
  return written.code;
}

async function givenCode({ input }: Course): Promise<PhaseResult<ContentReference>> {
  const { experimentId, tenant } = input;
  try {
    return { value: await recording().givenCode({ experimentId, tenant }) };
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return { failure: failureOf(error, 'encode', input) };
  }
}

function valueOf<Value>(result: PhaseResult<Value>, found: { failure: ExperimentFailure | null }): Value | null {
  if ('value' in result) return result.value;
  found.failure = result.failure;
  return null;
}

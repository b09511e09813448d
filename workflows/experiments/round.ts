/**
 * One round of an experiment: code, encode, decode, score. What each phase gave is kept here and recorded once, at the end of the
 * round, so that a late attempt of a phase cannot change a record.
 */
import { CancellationScope, setCurrentDetails, TemporalFailure } from '@temporalio/workflow';
import type {
  ContentReference,
  DispatchedVideo,
  ExperimentFailure,
  ExperimentInput,
  ExperimentPhase,
  PhaseResult,
  RoundEnd,
} from '../contract/experiments/experiment.ts';
import { roundState } from '../contract/experiments/round-state.ts';
import { failureOf, type CutFacts } from './experiment-failure.ts';
import { recording, running, scoring, writing } from './phases.ts';

export interface RoundRequest {
  readonly input: ExperimentInput;
  readonly round: number;
  /** Whether a model writes its code. */
  readonly isWritten: boolean;
  readonly video: DispatchedVideo;
  readonly facts: CutFacts;
}

type Found = { -readonly [Key in 'code' | 'note' | 'encoded' | 'decoded' | 'score' | 'failure']: RoundEnd[Key] };

/** `enough`: no further round is to be made. Throws what ends the whole experiment, after the round is recorded. */
export async function runRound(request: RoundRequest): Promise<'enough' | 'next'> {
  const { input, round, facts } = request;
  const { experimentId, tenant } = input;
  const found: Found = { code: null, note: null, encoded: null, decoded: null, score: null, failure: null };
  try {
    if ((await runRoundPhases(request, found)) === 'enough') return 'enough';
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    found.failure = failureOf(error, facts);
    await CancellationScope.nonCancellable(() => recordRound({ experimentId, tenant, round }, found));
    throw error;
  }
  await recordRound({ experimentId, tenant, round }, found);
  return 'next';
}

function recordRound(id: Pick<RoundEnd, 'experimentId' | 'tenant' | 'round'>, found: Found): Promise<void> {
  return recording().endRound({ ...id, ...found, state: roundState(found) });
}

async function runRoundPhases(request: RoundRequest, found: Found): Promise<'enough' | 'done'> {
  const { input, round, video, facts } = request;
  const { experimentId, tenant, limits, gpu } = input;
  const code = await codeOf(request, found);
  if (code === 'enough') return 'enough';
  if (code === null) return 'done';
  const asked = { experimentId, tenant, round, limits, code, video };

  begin(facts, 'encode', round);
  const encoded = await running(limits, { phase: 'encode', round, gpu }).encodeRound(asked);
  found.encoded = valueOf(encoded, found);
  if (found.encoded === null) return 'done';

  begin(facts, 'decode', round);
  const toDecode = { ...asked, encoded: found.encoded.content };
  const decoded = await running(limits, { phase: 'decode', round, gpu }).decodeRound(toDecode);
  found.decoded = valueOf(decoded, found);
  if (found.decoded === null) return 'done';

  begin(facts, 'score', round);
  const scored = await scoring(limits, round).scoreRound({ ...toDecode, decoded: found.decoded.content });
  found.score = valueOf(scored, found);
  return 'done';
}

/** The code of the round; null when the model gave none. */
async function codeOf(request: RoundRequest, found: Found): Promise<ContentReference | 'enough' | null> {
  const { input, round, isWritten, video, facts } = request;
  const { experimentId, tenant, limits } = input;
  if (!isWritten) {
    found.code = await recording().givenCode({ experimentId, tenant });
    return found.code;
  }
  begin(facts, 'write', round);
  const asked = { experimentId, tenant, round, limits, video: video.info };
  const written = valueOf(await writing(limits, round, input.aiQueue).writeCode(asked), found);
  if (written === null) return null;
  if ('enough' in written) return 'enough';
  found.code = written.code;
  found.note = written.note;
  return written.code;
}

function begin(facts: CutFacts, phase: ExperimentPhase, round: number): void {
  facts.phase = phase;
  setCurrentDetails(`round ${round}: ${phase}`);
}

function valueOf<Value>(result: PhaseResult<Value>, found: { failure: ExperimentFailure | null }): Value | null {
  if ('value' in result) return result.value;
  found.failure = result.failure;
  return null;
}

/**
 * The phase `write` of a round: a model writes the codec or mends it. The call is paid once, whatever dies meanwhile. A model that
 * gives no code fails the round and not the experiment: the next round is told.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Store } from '../../../store/store.ts';
import { cutText, shortenText } from '../../../workflows/contract/cut-text.ts';
import { bestOf } from '../../../workflows/contract/experiments/front.ts';
import type {
  ExperimentFailure,
  ExperimentModelActivities,
  PhaseResult,
  WriteInput,
  WrittenCode,
} from '../../../workflows/contract/experiments/experiment.ts';
import type { ExperimentView, RoundView } from '../../../workflows/contract/experiments/view.ts';
import { failure } from '../../failure.ts';
import { withHeartbeat } from '../../heartbeat.ts';
import { StoppedCall, type createPaidCalls } from '../../llm/paid-call.ts';
import { createOutputReader } from '../../output-schema.ts';
import type { ModelRequest, ModelResponse } from '../../ports.ts';
import { phaseAttempt } from '../attempt.ts';
import { whatIsEnough } from './enough.ts';
import { codecAnswerSchema, CodecAnswerSchema, codecInstructions, mostNoteCharacters } from './instructions.ts';
import { roundPrompt, type ShownCode } from './prompt.ts';

export interface WriteCodeDependencies {
  readonly store: Pick<Store, 'artifacts' | 'experiments' | 'experimentViews' | 'ledger'>;
  readonly askOnce: ReturnType<typeof createPaidCalls>;
  readonly defaultModel: string;
  /** In milliseconds. */
  readonly now: () => number;
}

export function createWriteCode(dependencies: WriteCodeDependencies): ExperimentModelActivities['writeCode'] {
  return async (input) => {
    const key = callKey(input);
    return phaseAttempt(() => withHeartbeat({ key }, (_beat, signal) => writeCode(dependencies, input, key, signal)));
  };
}

/** The ledger's key of the call of a round. */
export function callKey({ experimentId, round }: Pick<WriteInput, 'experimentId' | 'round'>): string {
  return `${experimentId}/round/${round}`;
}

async function writeCode(
  dependencies: WriteCodeDependencies,
  input: WriteInput,
  key: string,
  signal: AbortSignal,
): Promise<PhaseResult<WrittenCode>> {
  const { store, defaultModel, now } = dependencies;
  const { experimentId, round } = input;
  if (!(await store.experiments.begin(experimentId, { phase: 'write', round }, new Date(now())))) {
    return failed('cancelled', 'the experiment has ended');
  }
  const view = await store.experimentViews.find(experimentId);
  if (view === null) throw failure('step_definition', `the store has no experiment ${experimentId}`);
  // A call that an earlier attempt has begun is paid: its code is used, whatever it has left of the budget.
  const isBegun = ((await store.ledger.find(key))?.state ?? 'failed') !== 'failed';
  const enough = isBegun ? null : whatIsEnough(view.spec, view.roundsMade, view.usage);
  if (enough !== null) return { value: { enough } };
  const request: ModelRequest = {
    model: view.spec.model ?? defaultModel,
    instructions: codecInstructions,
    input: [{ type: 'text', text: await promptOf(dependencies, view, input) }],
    previousResponseId: null,
    computer: null,
    outputSchema: codecAnswerSchema,
    reasoningEffort: null,
    maxOutputTokens: null,
  };
  const asked = await ask(dependencies, { input, key, request, signal });
  return 'failure' in asked ? asked : storedCode(dependencies, asked.value, input, signal);
}

interface CodeCall {
  readonly input: WriteInput;
  readonly key: string;
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
}

async function ask(
  { askOnce, now }: WriteCodeDependencies,
  { input, key, request, signal }: CodeCall,
): Promise<PhaseResult<ModelResponse>> {
  const { experimentId, round, limits } = input;
  const milliseconds = limits.writeSeconds * 1000;
  const until = now() + milliseconds;
  const hardStop = AbortSignal.timeout(milliseconds);
  try {
    const { response } = await askOnce({
      key,
      attempt: Context.current().info.attempt,
      jobId: experimentId,
      stepId: `round_${round}`,
      request,
      basis: '',
      signal,
      mayGoOn: async () => now() < until,
      hardStop,
    });
    return { value: response };
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof StoppedCall || hardStop.aborted) {
      return failed('model', `the model gave no code within ${limits.writeSeconds} s`);
    }
    if (error instanceof ApplicationFailure && (error.type === 'model_refusal' || error.type === 'model_answer')) {
      return failed('model', error.message);
    }
    throw error;
  }
}

async function storedCode(
  { store }: WriteCodeDependencies,
  response: ModelResponse,
  { experimentId, round }: WriteInput,
  signal: AbortSignal,
): Promise<PhaseResult<WrittenCode>> {
  const { refusal, status, problem, text } = response;
  if (refusal !== null) return failed('model', `the model declined: ${refusal}`);
  if (status === 'incomplete') {
    return failed('model', `the model's answer was cut: ${problem?.message ?? 'no reason given'}`);
  }
  const read = await createOutputReader(codecAnswerSchema, { owner: experimentId, signal });
  const reading = await read(text, signal);
  if (!reading.ok) return failed('model', `the model's answer does not fit: ${reading.problem}`);
  const answer = CodecAnswerSchema.safeParse(reading.value);
  if (!answer.success) {
    return failed('model', `the model's answer does not fit: ${answer.error.issues[0]?.message ?? ''}`);
  }
  const { code, note } = answer.data;
  const content = await store.artifacts.putContent(Buffer.from(code, 'utf8'));
  await store.experiments.hold(experimentId, round, 'code', content);
  const shown = note.trim();
  return { value: { code: content, note: shown === '' ? null : shortenText(shown, mostNoteCharacters) } };
}

function failed(type: 'model' | 'cancelled', message: string): { readonly failure: ExperimentFailure } {
  return { failure: { phase: 'write', type, message: cutText(message, 2_000), line: null } };
}

async function promptOf(
  { store }: WriteCodeDependencies,
  { spec, roundsMade, rounds }: ExperimentView,
  { experimentId, round, video, limits }: WriteInput,
): Promise<string> {
  const { goal, psnrDb, ratio } = spec;
  if (goal === undefined) throw failure('step_definition', `the experiment ${experimentId} has no goal`);
  const scored = roundsMade.flatMap(({ number, metrics }) => (metrics === null ? [] : [{ number, ...metrics }]));
  const best = bestOf(scored, psnrDb);
  return roundPrompt({
    goal,
    video,
    limits,
    wanted: { psnrDb, ratio },
    round,
    rounds,
    made: roundsMade,
    best: await codeOf(
      store,
      roundsMade.find(({ number }) => number === best),
    ),
    last: await codeOf(store, roundsMade.at(-1)),
  });
}

async function codeOf(
  { artifacts }: WriteCodeDependencies['store'],
  round: RoundView | undefined,
): Promise<ShownCode | null> {
  const file = round === undefined ? undefined : keptCodeOf(round);
  if (round === undefined || file === undefined) return null;
  return { round: round.number, code: (await artifacts.getContent(file.sha256)).toString('utf8') };
}

function keptCodeOf({ files }: RoundView): RoundView['files'][number] | undefined {
  return files.find(({ name, removedAfterDays }) => name === 'code.py' && removedAfterDays === null);
}

/**
 * Writes what becomes of a step or a delivery, round the activity that does it: no activity of its own is spent on
 * records. An attempt that dies writes no end; the workflow's words, which ride along with later ones, make up for it.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Store } from '../../store/store.ts';
import type { Step } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import { TemplateProblem } from '../../workflows/contract/lead-magnets/template-bounds.ts';
import { failure } from '../failure.ts';
import { UnusableSchema } from '../output-schema.ts';
import type {
  StepActivityInput,
  StepActivityResult,
  StepSuspension,
  StepTransition,
} from '../../workflows/contract/jobs/job.ts';

/** What a step's own code returns; the attempt is counted here. */
export type StepOutcome = Omit<StepActivityResult, 'attempts'>;

export type StepActivity = (input: StepActivityInput) => Promise<StepActivityResult>;

/** What the code of a step that may ask a person returns when it does so. */
export type SuspendedOutcome = Omit<StepSuspension, 'attempts'>;

/** Which attempt of the step this is, counted over all its activities. */
export function attemptOf({ resumption }: Pick<StepActivityInput, 'resumption'>): number {
  return (resumption?.attemptsBefore ?? 0) + Context.current().info.attempt;
}

/** Wraps a step's code for one kind, refusing a step of another kind. */
export function recordedStep<K extends Step['kind'], Outcome extends StepOutcome | SuspendedOutcome>(
  store: Store,
  kind: K,
  run: (input: StepActivityInput<Extract<Step, { kind: K }>>) => Promise<Outcome>,
): (input: StepActivityInput) => Promise<Outcome & { readonly attempts: number }> {
  const begun = recordedBeginning(store, kind, async (input) => {
    const attempts = attemptOf(input);
    const result = await run(input);
    return { result, attempts };
  });
  return async (input) => {
    const { result, attempts } = await begun(input);
    await recordEnd(store, input, attempts, result);
    return { ...result, attempts };
  };
}

/** As `recordedStep`, for an activity that another one of the step follows: the step's end is not its to tell. */
export function recordedBeginning<K extends Step['kind'], Result>(
  store: Store,
  kind: K,
  run: (input: StepActivityInput<Extract<Step, { kind: K }>>) => Promise<Result>,
): (input: StepActivityInput) => Promise<Result> {
  const isOfKind = (step: Step): step is Extract<Step, { kind: K }> => step.kind === kind;
  return async (input) => {
    const { step } = input;
    if (!isOfKind(step)) throw ApplicationFailure.nonRetryable(`step ${step.id} is not of the kind ${kind}`);
    const attempt = attemptOf(input);
    await recordTransitions(store, input.job.id, input.transitions);
    if (input.follows !== true || attempt > 1) await recordBegin(store, input, attempt);
    return run({ ...input, step }).catch(async (thrown: unknown) => {
      const error = ofDefinition(thrown);
      await recordFailedAttempt(store, input, attempt, error);
      throw error;
    });
  };
}

/** A definition from before something was refused on save fails at once, with the words for its author. */
export function ofDefinition(error: unknown): unknown {
  if (error instanceof UnusableSchema) {
    return failure('step_definition', `the output schema cannot be used: ${error.message}`);
  }
  return error instanceof TemplateProblem
    ? failure('step_definition', `a template cannot be used: ${error.message}`)
    : error;
}

/** Writes the workflow's words. Safe to repeat: a word that is there already, or has a later one after it, is nothing. */
export async function recordTransitions(
  store: Store,
  jobId: string,
  transitions: readonly StepTransition[],
): Promise<void> {
  for (const transition of transitions) await store.jobs.recordStepTransition(jobId, transition);
}

/** What fences the changes of an attempt: its place in the job. */
function placeOf({ job, step, generation, sequence }: StepActivityInput, attempt: number) {
  return { jobId: job.id, stepId: step.id, generation, sequence, attempt, at: new Date().toISOString() };
}

async function recordBegin(store: Store, input: StepActivityInput, attempt: number): Promise<void> {
  const [type, message] = attempt === 1 ? ['step.started', 'started'] : ['step.resumed', `attempt ${attempt}`];
  const change = { ...placeOf(input, attempt), state: 'running' as const, note: null };
  await store.jobs.changeStep(change, { type, message, data: { attempt } });
}

async function recordFailedAttempt(
  store: Store,
  input: StepActivityInput,
  attempt: number,
  error: unknown,
): Promise<void> {
  if (error instanceof CancelledFailure) return;
  const message = error instanceof Error ? error.message : String(error);
  await store.jobs.changeStep(placeOf(input, attempt), {
    type: 'step.attempt_failed',
    message: `attempt ${attempt} failed: ${message}`,
    data: { attempt, type: error instanceof ApplicationFailure ? (error.type ?? 'unexpected') : 'unexpected' },
  });
}

async function recordEnd(
  store: Store,
  input: StepActivityInput,
  attempt: number,
  result: StepOutcome | SuspendedOutcome,
): Promise<void> {
  const { reason, state, iterations, recoveryLevel } = result;
  if (state === 'awaiting_approval') {
    // The question was told as it was asked.
    const note = `waits for a person: ${result.approval.question}`;
    await store.jobs.changeStep({ ...placeOf(input, attempt), state, iterations, recoveryLevel, note });
    return;
  }
  const change = { ...placeOf(input, attempt), state, reason, iterations, recoveryLevel, note: null };
  const why = reason === null ? '' : `: ${reason.message}`;
  await store.jobs.changeStep(change, { type: `step.${state}`, message: `${state}${why}` });
}

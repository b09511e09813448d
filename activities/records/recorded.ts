/**
 * Records the progress of a step or a delivery around the activity that performs it, without an activity of its own. An
 * attempt that dies records no end; the workflow's transitions, which later activities carry, make up for it.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Store } from '../../store/store.ts';
import type { Step } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import { TemplateProblem } from '../../workflows/contract/lead-magnets/template-bounds.ts';
import { failure } from '../failure.ts';
import { UnusableSchema } from '../output-schema.ts';
import { withRunMeter, type RunMeter } from '../runs/run-meter.ts';
import { measuredStepRun, type EndedStep } from '../runs/step-run.ts';
import { startRecord, type AttemptRecord, type Beginning } from './attempt-record.ts';
import type {
  StepActivityInput,
  StepActivityResult,
  StepSuspension,
  StepTransition,
} from '../../workflows/contract/jobs/job.ts';

/** The result of a step's own code; the attempt is counted here. */
export type StepOutcome = Omit<StepActivityResult, 'attempts'>;

export type StepActivity = (input: StepActivityInput) => Promise<StepActivityResult>;

/** The result of a step's code when it has to ask a person. */
export type SuspendedOutcome = Omit<StepSuspension, 'attempts'>;

/** The number of this attempt, counted over all activities of the step. */
export function attemptOf({ resumption }: Pick<StepActivityInput, 'resumption'>): number {
  return (resumption?.attemptsBefore ?? 0) + Context.current().info.attempt;
}

/** Runs a step of one kind; writes that can wait go through the attempt's record with `later`. */
type StepCode<K extends Step['kind'], Result> = (
  input: StepActivityInput<Extract<Step, { kind: K }>>,
  record: AttemptRecord,
) => Promise<Result>;

/** Wraps the code of a step of one kind, and refuses steps of other kinds. */
export function recordedStep<K extends Step['kind'], Outcome extends StepOutcome | SuspendedOutcome>(
  store: Store,
  kind: K,
  run: StepCode<K, Outcome>,
): (input: StepActivityInput) => Promise<Outcome & { readonly attempts: number }> {
  return recorded(store, kind, async (input, record) => {
    const attempts = attemptOf(input);
    const result = await run(input, record);
    return { result: { ...result, attempts }, end: result };
  });
}

/** Like `recordedStep`, for an activity that is followed by another of the same step, which records the end. */
export function recordedBeginning<K extends Step['kind'], Result>(
  store: Store,
  kind: K,
  run: StepCode<K, Result>,
): (input: StepActivityInput) => Promise<Result> {
  return recorded(store, kind, async (input, record) => ({ result: await run(input, record), end: null }));
}

interface Recorded<Result> {
  readonly result: Result;
  /** How the step ended; null when it continues. */
  readonly end: StepOutcome | SuspendedOutcome | null;
}

/** Kinds whose steps are mostly short: their start waits to be written with their end. See `attempt-record.ts`. */
const shortKinds: ReadonlySet<Step['kind']> = new Set(['ai', 'webhook', 'code']);

function recorded<K extends Step['kind'], Result>(
  store: Store,
  kind: K,
  run: StepCode<K, Recorded<Result>>,
): (input: StepActivityInput) => Promise<Result> {
  const isOfKind = (step: Step): step is Extract<Step, { kind: K }> => step.kind === kind;
  return async (input) => {
    const { step, job, generation, sequence } = input;
    if (!isOfKind(step)) throw ApplicationFailure.nonRetryable(`step ${step.id} is not of the kind ${kind}`);
    const attempt = attemptOf(input);
    const { info } = Context.current();
    const beganMs = Date.now();
    const place = { jobId: job.id, stepId: step.id, generation, sequence, attempt };
    const record = startRecord(store, place, input.follows === true && attempt === 1 ? null : beginning(attempt));
    if (input.transitions.length > 0) record.later((parts) => recordTransitions(parts, job.id, input.transitions));
    if (!shortKinds.has(kind)) await record.flush();
    return withRunMeter(async (meter) => {
      try {
        const { result, end } = await run({ ...input, step }, record);
        if (end === null) await record.flush();
        else await recordEnd(record, end, { input, attempts: attempt, activity: info, beganMs, meter });
        return result;
      } catch (thrown) {
        const error = ofDefinition(thrown);
        await recordFailedAttempt(record, attempt, error, meter);
        throw error;
      }
    });
  };
}

/** A definition that was saved before something was refused fails at once, with a message for its author. */
export function ofDefinition(error: unknown): unknown {
  if (error instanceof UnusableSchema) {
    return failure('step_definition', `the output schema cannot be used: ${error.message}`);
  }
  return error instanceof TemplateProblem
    ? failure('step_definition', `a template cannot be used: ${error.message}`)
    : error;
}

/**
 * Records the workflow's transitions. Safe to repeat: a transition that is recorded, or followed by a later one,
 * changes nothing.
 */
export async function recordTransitions(
  store: Pick<Store, 'jobs'>,
  jobId: string,
  transitions: readonly StepTransition[],
): Promise<void> {
  for (const transition of transitions) await store.jobs.recordStepTransition(jobId, transition);
}

function beginning(attempt: number): Beginning {
  const [type, message] = attempt === 1 ? ['step.started', 'started'] : ['step.resumed', `attempt ${attempt}`];
  return { type, message, data: { attempt } };
}

async function recordFailedAttempt(
  record: AttemptRecord,
  attempt: number,
  error: unknown,
  meter: RunMeter,
): Promise<void> {
  if (error instanceof CancelledFailure) {
    // A failure of the store must not take the place of the cancellation, or the step would end as failed.
    await record.flush().catch((problem: unknown) => {
      Context.current().log.warn('what a cancelled step had done was not recorded', { error: problem });
    });
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  await record.change(
    { failedMeasures: meter.measures() },
    {
      type: 'step.attempt_failed',
      message: `attempt ${attempt} failed: ${message}`,
      data: { attempt, type: error instanceof ApplicationFailure ? (error.type ?? 'unexpected') : 'unexpected' },
    },
  );
}

async function recordEnd(
  record: AttemptRecord,
  result: StepOutcome | SuspendedOutcome,
  measured: Omit<EndedStep, 'end' | 'endedMs'>,
): Promise<void> {
  const { reason, state, iterations, recoveryLevel } = result;
  if (state === 'awaiting_approval') {
    // The question was recorded when it was asked.
    await record.change({ state, iterations, recoveryLevel, note: `waits for a person: ${result.approval.question}` });
    return;
  }
  const why = reason === null ? '' : `: ${reason.message}`;
  const event = { type: `step.${state}`, message: `${state}${why}` };
  const run = measuredStepRun({ ...measured, end: result, endedMs: Date.now() });
  await record.change({ state, reason, iterations, recoveryLevel, note: null, run }, event);
}

/**
 * Writes what becomes of a step or a delivery, round the activity that does it: no activity of its own is spent on
 * records. An attempt that dies writes no end; the workflow's words, which ride along with later ones, make up for it.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Store } from '../../store/store.ts';
import type { Step } from '../../workflows/contract/lead-magnet.ts';
import type { StepActivityInput, StepActivityResult, StepTransition } from '../../workflows/contract/job.ts';

/** What a step's own code returns; the attempt is counted here. */
export type StepOutcome = Omit<StepActivityResult, 'attempts'>;

export type StepActivity = (input: StepActivityInput) => Promise<StepActivityResult>;

/** Wraps a step's code for one kind, refusing a step of another kind. */
export function recordedStep<K extends Step['kind']>(
  store: Store,
  kind: K,
  run: (input: StepActivityInput<Extract<Step, { kind: K }>>) => Promise<StepOutcome>,
): StepActivity {
  const isOfKind = (step: Step): step is Extract<Step, { kind: K }> => step.kind === kind;
  return async (input) => {
    const { step } = input;
    if (!isOfKind(step)) throw ApplicationFailure.nonRetryable(`step ${step.id} is not of the kind ${kind}`);
    const attempt = Context.current().info.attempt;
    await recordTransitions(store, input.job.id, input.transitions);
    await recordBegin(store, input, attempt);
    const result = await run({ ...input, step }).catch(async (error: unknown) => {
      await recordFailedAttempt(store, input, attempt, error);
      throw error;
    });
    await recordEnd(store, input, attempt, result);
    return { ...result, attempts: attempt };
  };
}

/** Writes the workflow's words. Safe to repeat: a word that is there already, or has a later one after it, is nothing. */
export async function recordTransitions(
  store: Store,
  jobId: string,
  transitions: readonly StepTransition[],
): Promise<void> {
  for (const word of transitions) await store.jobs.decideStep(jobId, word);
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

async function recordEnd(store: Store, input: StepActivityInput, attempt: number, result: StepOutcome): Promise<void> {
  const { reason, state, iterations, rung } = result;
  const change = { ...placeOf(input, attempt), state, reason, iterations, rung, note: null };
  const why = reason === null ? '' : `: ${reason.message}`;
  await store.jobs.changeStep(change, { type: `step.${state}`, message: `${state}${why}` });
}

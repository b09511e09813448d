/**
 * Writes what becomes of a step or a delivery, round the activity that does it: no activity of its own is spent on
 * records. An attempt that dies writes no end; the workflow's transitions, which ride along, make up for it.
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
    await recordEnd(store, input, result);
    return { ...result, attempts: attempt };
  };
}

/** Writes the changes of state that the workflow decided itself; one that an activity has written is not changed. */
export async function recordTransitions(
  store: Store,
  jobId: string,
  transitions: readonly StepTransition[],
): Promise<void> {
  for (const { stepId, generation, state, reason, at } of transitions) {
    const changed = await store.jobs.changeStep({ jobId, stepId, generation, state, reason, at });
    if (!changed) continue;
    const why = reason === null ? '' : `: ${reason.message}`;
    await store.events.append({ jobId, stepId, type: `step.${state}`, message: `${state}${why}`, at });
  }
}

async function recordBegin(store: Store, input: StepActivityInput, attempt: number): Promise<void> {
  const jobId = input.job.id;
  const stepId = input.step.id;
  const at = new Date().toISOString();
  await store.jobs.changeStep({
    jobId,
    stepId,
    generation: input.generation,
    state: 'running',
    attempts: attempt,
    note: null,
    at,
  });
  const [type, message] = attempt === 1 ? ['step.started', 'started'] : ['step.resumed', `attempt ${attempt}`];
  await store.events.append({ jobId, stepId, type, message, data: { attempt }, at });
}

async function recordFailedAttempt(
  store: Store,
  input: StepActivityInput,
  attempt: number,
  error: unknown,
): Promise<void> {
  if (error instanceof CancelledFailure) return;
  const message = error instanceof Error ? error.message : String(error);
  await store.events.append({
    jobId: input.job.id,
    stepId: input.step.id,
    type: 'step.attempt_failed',
    message: `attempt ${attempt} failed: ${message}`,
    data: { attempt, type: error instanceof ApplicationFailure ? (error.type ?? 'unexpected') : 'unexpected' },
  });
}

async function recordEnd(store: Store, input: StepActivityInput, result: StepOutcome): Promise<void> {
  const { reason, state, iterations, rung } = result;
  const at = new Date().toISOString();
  await store.jobs.changeStep({
    jobId: input.job.id,
    stepId: input.step.id,
    generation: input.generation,
    state,
    reason,
    iterations,
    rung,
    note: null,
    at,
  });
  const why = reason === null ? '' : `: ${reason.message}`;
  await store.events.append({
    jobId: input.job.id,
    stepId: input.step.id,
    type: `step.${state}`,
    message: `${state}${why}`,
    at,
  });
}

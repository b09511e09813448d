/** Finds the run of a computer-use step: its job, its step, its budget, and its turns. */
import type { Store } from '../../../store/store.ts';
import type { ComputerRun, ComputerTurn } from '../../../workflows/contract/computer-use/computer-turn.ts';
import type { JobView, StepView } from '../../../workflows/contract/jobs/job-view.ts';
import { isStepEnd } from '../../../workflows/contract/jobs/states.ts';
import { ProblemError } from '../http/problem.ts';

export interface FoundRun {
  readonly job: JobView;
  readonly step: StepView;
  readonly run: ComputerRun;
  /** The turns of the step's current generation. */
  readonly filter: { readonly jobId: string; readonly stepId: string; readonly generation: number };
  /** Whether turns may still be added or change. */
  readonly live: boolean;
}

/** Throws a `ProblemError` when there is no such job, or no such computer-use step in it. */
export async function findRun(store: Store, jobId: string, stepId: string): Promise<FoundRun> {
  const job = await store.jobViews.find(jobId);
  if (job === null) throw new ProblemError('not-found', `there is no job ${jobId}`);
  const step = job.steps.find(({ id }) => id === stepId);
  const run = await store.computerTurns.run(jobId, stepId);
  if (step === undefined || run === null) {
    throw new ProblemError('not-found', `job ${jobId} has no computer-use step ${stepId}`);
  }
  const filter = { jobId, stepId, generation: step.generation };
  return { job, step, run, filter, live: job.state !== 'ended' && !isStepEnd(step.state) };
}

const pageOfTurns = 50;

/** All turns of a run, read in pages. */
export async function* allTurns(store: Store, { filter }: FoundRun): AsyncGenerator<ComputerTurn> {
  let cursor = 0;
  for (;;) {
    const turns = await store.computerTurns.after(filter, cursor, pageOfTurns);
    yield* turns;
    const last = turns.at(-1);
    if (last === undefined) return;
    cursor = last.sequence;
  }
}

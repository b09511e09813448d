/** Runs the steps of a job: all that are ready, in parallel up to a limit, until none is left or the job must stop. */
import { CancellationScope, setCurrentDetails } from '@temporalio/workflow';
import type { Reason } from '../contract/failures.ts';
import type { JobOutcome } from '../contract/jobs/states.ts';
import type { JobRun } from './job-run.ts';
import { outcomeOf, planSteps } from './scheduler.ts';
import { runStep } from '../steps/run-step.ts';

export interface StepsOutcome {
  readonly outcome: JobOutcome;
  readonly reason: Reason | null;
}

/**
 * Returns once every step has ended. A job that is cancelled or reaches its limit stops the running steps, waits for
 * their clean-up and reports which they were; a time-out at the server would end the workflow before it could do
 * either.
 */
export async function runSteps(run: JobRun): Promise<StepsOutcome> {
  const whole = CancellationScope.current();
  const limit = new CancellationScope({ cancellable: true, timeout: run.input.definition.totalSeconds * 1000 });
  const fatal = await limit.run(() => drain(run, limit));
  if (whole.consideredCancelled) {
    return { outcome: 'cancelled', reason: { type: 'cancelled', message: 'the job was cancelled' } };
  }
  if (limit.consideredCancelled && fatal === null) {
    const message = `the job did not end within ${run.input.definition.totalSeconds} s`;
    return { outcome: 'timed_out', reason: { type: 'job_time_limit', message } };
  }
  return outcomeOf(run.steps, run.endings);
}

/** The scheduler's loop. Returns the id of the step whose failure ended the job, if any. */
async function drain(run: JobRun, scope: CancellationScope): Promise<string | null> {
  const pending = new Map<string, Promise<string>>();
  let fatal: string | null = null;
  for (;;) {
    const plan = planSteps(run.steps, run.endings, run.running);
    if (plan.fatal !== null && fatal === null) {
      fatal = plan.fatal;
      scope.cancel();
    }
    if (!scope.consideredCancelled) {
      for (const { id, reason } of plan.skipped) run.settle(id, 'skipped', reason);
      if (plan.skipped.length > 0) continue;
      startReady(run, plan.ready, pending);
    }
    setCurrentDetails(run.details());
    if (pending.size === 0) break;
    pending.delete(await Promise.race(pending.values()));
  }
  stopWaiting(run, fatal);
  return fatal;
}

function startReady(run: JobRun, ready: readonly string[], pending: Map<string, Promise<string>>): void {
  for (const id of ready) {
    if (pending.size >= run.input.definition.parallelSteps) return;
    const step = run.steps.find((candidate) => candidate.id === id);
    if (step === undefined) continue;
    run.running.add(id);
    const input = run.activityInput(step);
    const promise = runStep(input, run).then((result) => {
      if (result.attempts > 0) run.recorded(input.transitions);
      run.finish(id, result);
      return id;
    });
    pending.set(id, promise);
  }
}

/** Steps that never began when the job stops: cancelled with it, or skipped because of the step that failed. */
function stopWaiting(run: JobRun, fatal: string | null): void {
  for (const step of run.steps) {
    if (run.endings.has(step.id)) continue;
    if (fatal === null) run.settle(step.id, 'cancelled', { type: 'cancelled', message: 'the job was stopped' });
    else run.settle(step.id, 'skipped', { type: 'dependency', message: `the job failed at ${fatal}` });
  }
}

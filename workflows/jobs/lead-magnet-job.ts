/** The workflow of a lead-magnet job: one submission, from its steps to the delivered result. */
import {
  CancellationScope,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Reason } from '../contract/failures.ts';
import type { LeadMagnetJobInput, LeadMagnetJobResult } from '../contract/jobs/job.ts';
import { decideApprovalUpdate, jobStatusQuery } from '../contract/jobs/messages.ts';
import { searchAttributes } from '../contract/names.ts';
import type { JobOutcome, JobState } from '../contract/jobs/states.ts';
import { deliverAll } from '../deliveries/deliveries.ts';
import { measureJobEnd } from './job-metrics.ts';
import { JobRun } from './job-run.ts';
import { recordsOf } from '../records.ts';
import { runSteps } from './run-steps.ts';

export async function leadMagnetJob(input: LeadMagnetJobInput): Promise<LeadMagnetJobResult> {
  const run = new JobRun(input, workflowInfo().workflowId, showQuestions);
  setHandler(jobStatusQuery, () => ({ state: run.state, steps: run.summaries() }));
  setHandler(decideApprovalUpdate, (answer) => run.approvals.decide(answer), {
    validator: (answer) => run.approvals.check(answer),
  });
  const records = recordsOf(input);

  enter(run, 'running');
  const earlier = await CancellationScope.nonCancellable(() =>
    records.openJob({ job: run.job, form: input.form, definition: input.definition }),
  );
  // It was cancelled while it waited for Temporal or for a worker. The store has its end already.
  if (earlier !== undefined) {
    enter(run, 'ended', earlier.outcome, earlier.reason);
    return { ...earlier, steps: run.summaries(), deliveries: [], usage: run.usage };
  }
  const { outcome, reason } = await runSteps(run);

  enter(run, 'delivering', outcome, reason);
  const deliveries = await deliverAll(run, outcome, reason);

  await CancellationScope.nonCancellable(() =>
    records.closeJob({ job: run.job, outcome, reason, transitions: run.unrecorded(), deliveries }),
  );
  enter(run, 'ended', outcome, reason);
  measureJobEnd(run.job.submittedAt, outcome, reason);
  return { outcome, reason, steps: run.summaries(), deliveries, usage: run.usage };
}

/** Publishes a change of state: search attributes and the Web UI's current details. */
function enter(run: JobRun, state: JobState, outcome?: JobOutcome, reason?: Reason | null): void {
  run.state = state;
  setCurrentDetails(run.details());
  if (!run.isShown(state)) return;
  const shown = state === 'ended' ? (outcome ?? state) : state;
  upsertSearchAttributes([
    { key: searchAttributes.state, value: shown },
    ...(reason === undefined || reason === null ? [] : [{ key: searchAttributes.errorClass, value: reason.type }]),
    ...(state === 'running' ? [] : [{ key: searchAttributes.costUsd, value: run.usage.costUsd }]),
  ]);
}

/** Publishes an open question to a person, and removes it again. */
function showQuestions(run: JobRun): void {
  upsertSearchAttributes([{ key: searchAttributes.needsApproval, value: run.approvals.anyOpen }]);
  setCurrentDetails(run.details());
}

/**
 * Delivers the result. Each delivery is independent: its failure has its own state and never changes the job's outcome.
 */
import {
  CancellationScope,
  CancelledFailure,
  isCancellation,
  patched,
  proxyActivities,
  sleep,
  TemporalFailure,
} from '@temporalio/workflow';
import { activityOptions, jobActivityOptions } from '../activity-options.ts';
import type { Reason } from '../contract/failures.ts';
import type { DeliveryActivityInput, DeliverySummary, JobActivities } from '../contract/jobs/job.ts';
import type { Delivery } from '../contract/lead-magnets/lead-magnet.ts';
import { deliveryId } from '../contract/names.ts';
import type { JobOutcome } from '../contract/jobs/states.ts';
import { reasonOf } from '../failure-reason.ts';
import type { JobRun } from '../jobs/job-run.ts';
import { recordsOf } from '../records.ts';

/** Delivers a complete or nearly complete result; a failed, stopped or timed-out job has nothing to deliver. */
export async function deliverAll(
  run: JobRun,
  outcome: JobOutcome,
  reason: Reason | null,
): Promise<readonly DeliverySummary[]> {
  const deliveries = run.input.definition.deliver.map((delivery, index) => ({
    delivery,
    id: deliveryId(delivery, index),
  }));
  if (outcome !== 'completed' && outcome !== 'completed_with_errors') {
    const nothing: Reason = { type: 'dependency', message: `the job ended as ${outcome}: there is nothing to deliver` };
    return deliveries.map(({ id }) => ({ id, state: 'skipped', reason: nothing }));
  }
  return Promise.all(deliveries.map(({ delivery, id }) => deliverOne(run, delivery, id, outcome, reason)));
}

async function deliverOne(
  run: JobRun,
  delivery: Delivery,
  id: string,
  outcome: JobOutcome,
  reason: Reason | null,
): Promise<DeliverySummary> {
  const { form, definition } = run.input;
  const input: DeliveryActivityInput = {
    job: run.job,
    delivery,
    deliveryId: id,
    form,
    outputs: run.outputs(),
    network: definition.network,
    artifacts: run.artifacts,
    outcome,
    reason,
    transitions: [],
  };
  try {
    await waitForSchedule(run, delivery, id);
    const options = jobActivityOptions(run, { kind: 'delivery', queue: 'jobs', summary: `deliver ${id}` });
    const transitions = run.unrecorded();
    await proxyActivities<JobActivities>(options).deliver({ ...input, transitions });
    run.recorded(transitions);
    return { id, state: 'delivered', reason: null };
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const summary = endOf(id, error);
    if (patched('delivery-end-told')) {
      await CancellationScope.nonCancellable(() => recordsOf(run.input).endDelivery({ input, summary }));
    }
    return summary;
  }
}

/** The state of a delivery after a failure. */
export function endOf(id: string, error: TemporalFailure): DeliverySummary {
  if (error instanceof CancelledFailure || isCancellation(error)) {
    return { id, state: 'skipped', reason: { type: 'cancelled', message: 'cancelled before it was sent' } };
  }
  const failure = reasonOf(error);
  return { id, state: failure.type === 'effect_uncertain' ? 'uncertain' : 'failed', reason: failure };
}

async function waitForSchedule(run: JobRun, delivery: Delivery, id: string): Promise<void> {
  if (delivery.schedule === undefined) return;
  // Time zone data changes with the runtime: an activity reads it, so that a replay cannot differ.
  const plan = proxyActivities<JobActivities>(
    activityOptions({ kind: 'record', queue: 'jobs', summary: `plan ${id}` }),
  ).planDelivery({ job: run.job, deliveryId: id, schedule: delivery.schedule, now: new Date().toISOString() });
  await sleep((await plan).waitSeconds * 1000);
}

/** The first and the last record of a job, the time at which a scheduled delivery is due, and the end of a delivery. */
import { CronExpressionParser } from 'cron-parser';
import type { Store } from '../../store/store.ts';
import type {
  CloseJobInput,
  DeliverySummary,
  EndDeliveryInput,
  JobActivities,
  JobEnd,
  OpenJobInput,
  PlanDeliveryInput,
  PlanDeliveryResult,
} from '../../workflows/contract/jobs/job.ts';
import { failure } from '../failure.ts';
import { recordTransitions } from './recorded.ts';

export function createJobRecords(
  store: Store,
): Pick<JobActivities, 'openJob' | 'closeJob' | 'planDelivery' | 'endDelivery' | 'endRedelivery'> {
  return {
    openJob: (input) => openJob(store, input),
    closeJob: (input) => closeJob(store, input),
    planDelivery: (input) => planDelivery(store, input),
    endDelivery: (input) => endDelivery(store, input),
    endRedelivery: ({ jobId, number, summary }) => recordDeliveryEnd(store, jobId, summary, number),
  };
}

async function openJob(store: Store, { job, form, definition }: OpenJobInput): Promise<JobEnd | undefined> {
  const { tenant, version, submittedAt, url } = job;
  const input = { tenant, version, definition, form, submittedAt, jobUrl: url };
  return store.jobs.open(job.id, input, new Date(), { type: 'job.started', message: 'started' });
}

async function closeJob(store: Store, input: CloseJobInput): Promise<void> {
  const { job, outcome, reason } = input;
  const why = reason === null ? '' : `: ${reason.message}`;
  await store.together(job.id, async (parts) => {
    await recordTransitions(parts, job.id, input.transitions);
    for (const delivery of input.deliveries) {
      await recordDeliveryEnd(parts, job.id, delivery, 0);
    }
    await parts.jobs.close(job.id, outcome, reason, new Date(), { type: 'job.ended', message: `${outcome}${why}` });
  });
}

async function endDelivery(store: Store, { input, summary }: EndDeliveryInput): Promise<void> {
  await store.together(input.job.id, async (parts) => {
    await parts.deliveries.keepInput(input);
    await recordDeliveryEnd(parts, input.job.id, summary, 0);
  });
}

/** Records how a delivery ended, by the workflow. Safe to repeat; an activity that delivered has recorded so itself. */
async function recordDeliveryEnd(
  store: Pick<Store, 'deliveries'>,
  jobId: string,
  { id, state, reason }: DeliverySummary,
  number: number,
): Promise<void> {
  if (state === 'delivered') return;
  const event = {
    type: `delivery.${state}`,
    message: `${id}: ${state}: ${reason?.message ?? ''}`,
    data: { delivery: id },
  };
  await store.deliveries.change({ jobId, deliveryId: id, number, state, reason, at: new Date().toISOString() }, event);
}

async function planDelivery(store: Store, input: PlanDeliveryInput): Promise<PlanDeliveryResult> {
  const { cron, timezone } = input.schedule;
  const now = new Date(input.now);
  const next = nextTime(cron, timezone, now);
  const scheduledFor = next.toISOString();
  const change = { jobId: input.job.id, deliveryId: input.deliveryId, number: 0, state: 'scheduled' as const };
  await store.deliveries.change({ ...change, scheduledFor, at: new Date().toISOString() });
  return { waitSeconds: Math.max(0, (next.getTime() - now.getTime()) / 1000) };
}

/**
 * Throws `step_definition` for a schedule that never matches: a record would otherwise be retried until it succeeds.
 */
function nextTime(cron: string, timezone: string, now: Date): Date {
  try {
    return CronExpressionParser.parse(cron, { tz: timezone, currentDate: now }).next().toDate();
  } catch (error) {
    throw failure('step_definition', `the schedule ${cron} (${timezone}) has no next time`, { cause: error });
  }
}

/** Has a delivery sent again. The wish is in the store first, so that it holds although Temporal is away. */
import { counted } from '../../../workflows/contract/counted.ts';
import type { DeliveryLine } from '../../../workflows/contract/jobs/job-view.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { TemporalUnreachable } from '../temporal-calls.ts';

export interface Wish {
  readonly jobId: string;
  readonly deliveryId: string;
  /** Which time it is, so that the same wish sent twice is one; null takes the next. */
  readonly number: number | null;
  readonly by: string;
}

type Redelivering = Pick<ApiDependencies, 'store' | 'jobs' | 'now'>;

/** Returns the delivery as it stands then. Throws `ProblemError` for one that cannot be sent again. */
export async function redeliver({ store, jobs, now }: Redelivering, wish: Wish): Promise<DeliveryLine> {
  const { jobId, deliveryId } = wish;
  const taken = await store.deliveries.askAgain({ ...wish, at: now() });
  if (taken.as === 'removed') {
    const after = `${counted(taken.afterDays, 'day')} after the job ended`;
    throw new ProblemError('removed', `what ${deliveryId} was sent with was removed ${after}`, { jobId });
  }
  if (taken.as !== 'taken' && taken.as !== 'known') throw refusal(wish, taken.as);
  if (!taken.handedOver) {
    try {
      await jobs.redeliver(taken.redelivery, store.tenant);
      await store.deliveries.handedOver(taken.redelivery);
    } catch (error) {
      if (!(error instanceof TemporalUnreachable)) throw error;
      const detail = `${error.message}. The wish is kept: ${deliveryId} is sent by itself once Temporal answers`;
      throw new ProblemError('temporal-unreachable', detail, { jobId, retryAfterSeconds: 15 });
    }
  }
  const line = await store.deliveryViews.find(jobId, deliveryId);
  if (line === null) throw refusal(wish, 'missing');
  return line;
}

function refusal(
  { jobId, deliveryId, number }: Wish,
  as: 'missing' | 'under_way' | 'stale' | 'never_sent',
): ProblemError {
  switch (as) {
    case 'missing':
      return new ProblemError('not-found', `job ${jobId} has no delivery ${deliveryId}`);
    case 'under_way':
      return new ProblemError('conflict', `${deliveryId} is under way: it is tried by itself until it ends`, { jobId });
    case 'stale':
      return new ProblemError('conflict', `${number} is not the next time that ${deliveryId} is sent again`, { jobId });
    case 'never_sent':
      return new ProblemError(
        'conflict',
        `nothing is kept of what ${deliveryId} was sent with: the job made no result, or ended before this version`,
        { jobId },
      );
  }
}

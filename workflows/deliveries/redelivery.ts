/** Sends one delivery again on a person's request: a separate workflow, so that the job's end stays as it was. */
import {
  CancellationScope,
  proxyActivities,
  proxyLocalActivities,
  TemporalFailure,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { activityOptions, localActivityOptions } from '../activity-options.ts';
import type { DeliverySummary, JobActivities, RedeliveryInput } from '../contract/jobs/job.ts';
import { searchAttributes } from '../contract/names.ts';
import { endOf } from './deliveries.ts';

export async function redelivery(input: RedeliveryInput): Promise<DeliverySummary> {
  const summary = await deliverAgain(input);
  upsertSearchAttributes([{ key: searchAttributes.state, value: summary.state }]);
  return summary;
}

async function deliverAgain(input: RedeliveryInput): Promise<DeliverySummary> {
  const { deliveryId: id } = input;
  try {
    const options = activityOptions({ kind: 'delivery', queue: 'jobs', summary: `deliver ${id} again` });
    await proxyActivities<JobActivities>(options).redeliver(input);
    return { id, state: 'delivered', reason: null };
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const summary = endOf(id, error);
    const records = proxyLocalActivities<JobActivities>(localActivityOptions('record'));
    await CancellationScope.nonCancellable(() => records.endRedelivery({ ...input, summary }));
    return summary;
  }
}

/** A delivery that a person has sent again, as a workflow of its own. */
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { DeliverySummary, EndRedeliveryInput, RedeliveryInput } from '../../../workflows/contract/jobs/job.ts';
import { redeliveryId, redeliveryType, taskQueue } from '../../../workflows/contract/names.ts';
import { fakeActivities } from '../../support/workflows/fake-activities.ts';
import { useWorkflowEnvironment, type AllActivities } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');

let count = 0;

async function run(activities: AllActivities): Promise<DeliverySummary> {
  count += 1;
  const prefix = `again${count}`;
  const input: RedeliveryInput = { jobId: `job_${prefix}`, deliveryId: 'email_1', number: 2 };
  const workflowId = redeliveryId(input.jobId, input.deliveryId, input.number);
  expect(workflowId).toBe(`redelivery_job_${prefix}_email_1_2`);
  return server.withWorkers(prefix, activities, async () => {
    const { workflow } = server.environment.client;
    return workflow.execute<(input: RedeliveryInput) => Promise<DeliverySummary>>(redeliveryType, {
      workflowId,
      taskQueue: taskQueue(prefix, 'jobs'),
      args: [input],
    });
  });
}

describe('a redelivery', () => {
  it('delivers, and is tried again while the receiver is away', async () => {
    let attempts = 0;
    const { activities } = fakeActivities({
      redeliver: async () => {
        attempts += 1;
        if (attempts < 4) throw ApplicationFailure.create({ type: 'receiver_unavailable', message: 'busy' });
        return { state: 'delivered' };
      },
    });
    expect(await run(activities)).toEqual({ id: 'email_1', state: 'delivered', reason: null });
    expect(attempts).toBe(4);
  });

  it.each([
    ['receiver_refused', 'failed'],
    ['effect_uncertain', 'uncertain'],
  ])('that ends by %s is told as %s, under its number, and is not tried again', async (type, state) => {
    const reported: EndRedeliveryInput[] = [];
    let attempts = 0;
    const { activities } = fakeActivities({
      redeliver: async () => {
        attempts += 1;
        throw ApplicationFailure.create({ type, message: 'no' });
      },
      endRedelivery: async (input) => void reported.push(input),
    });
    const summary = { id: 'email_1', state, reason: { type, message: 'no' } };
    expect(await run(activities)).toEqual(summary);
    expect(reported).toMatchObject([{ deliveryId: 'email_1', number: 2, summary }]);
    expect(attempts).toBe(1);
  });
});

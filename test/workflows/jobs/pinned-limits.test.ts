/** The limits in force for the activities of a job: the table, its version, the lead magnet's own. */
import { activityInfo } from '@temporalio/activity';
import { expect, it } from 'vitest';
import { leadMagnetJobType, taskQueue } from '../../../workflows/contract/names.ts';
import { aiStep, jobInput } from '../../support/definitions.ts';
import { fakeActivities, stepResult } from '../../support/workflows/fake-activities.ts';
import { useWorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');

it('L17: the activities of a job have the limits of its version, below those of the lead magnet', async () => {
  const attemptSeconds = new Map<string, number>();
  const versions = new Set<number | undefined>();
  const { activities } = fakeActivities({
    runAi: async ({ step, job }) => {
      attemptSeconds.set(step.id, activityInfo().startToCloseTimeoutMs / 1000);
      versions.add(job.limitsVersion);
      return stepResult();
    },
    deliver: async ({ deliveryId }) => {
      attemptSeconds.set(deliveryId, activityInfo().startToCloseTimeoutMs / 1000);
      return { state: 'delivered' };
    },
  });
  const steps = [aiStep('a'), aiStep('b', { limits: { attemptSeconds: 77 } })];
  const deliver = [{ kind: 'email', to: '{{form.email}}', subject: 'x' }];
  const limits = { version: 4, overrides: { ai: { attemptSeconds: 600 }, delivery: { attemptSeconds: 240 } } };
  await server.withWorkers('pinned', activities, async () => {
    await server.environment.client.workflow.execute(leadMagnetJobType, {
      workflowId: 'job_pinned',
      taskQueue: taskQueue('pinned', 'jobs'),
      args: [{ ...jobInput({ steps, deliver }), limits }],
    });
  });
  expect(Object.fromEntries(attemptSeconds)).toEqual({ a: 600, b: 77, email_1: 240 });
  expect([...versions]).toEqual([4]);
});

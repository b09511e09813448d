/** A job with a code step: it waits for a worker that has a sandbox, and ends whatever that worker meets. */
import { ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import type { LeadMagnetJobResult, StepActivityResult } from '../../../workflows/contract/jobs/job.ts';
import { leadMagnetJobType, taskQueue } from '../../../workflows/contract/names.ts';
import { aiStep, jobInput } from '../../support/definitions.ts';
import { fakeActivities, stepResult } from '../../support/workflows/fake-activities.ts';
import { useWorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');
const calc = { id: 'calc', kind: 'code', language: 'python', source: 'def main(inputs): ...', onFailure: 'continue' };

/** Runs a job with one step after the code. The worker with a sandbox comes when the code waits for it. */
async function runJob(prefix: string, runCode: () => Promise<StepActivityResult>): Promise<LeadMagnetJobResult> {
  const { activities } = fakeActivities({ runCode });
  const { client } = server.environment;
  const run = async (): Promise<LeadMagnetJobResult> => {
    const job = await client.workflow.start(leadMagnetJobType, {
      workflowId: `job_${prefix}`,
      taskQueue: taskQueue(prefix, 'jobs'),
      args: [jobInput({ steps: [calc, aiStep('after', { needs: ['calc'] })] })],
    });
    await expect.poll(async () => (await job.describe()).raw.pendingActivities?.length).toBe(1);
    return server.withWorkers(prefix, activities, () => job.result(), ['sandbox']);
  };
  return server.withWorkers(prefix, activities, run, ['jobs']);
}

it('C17: a code step waits for a worker with a sandbox, and the job continues with its value', async () => {
  const result = await runJob('code-waits', async () => stepResult({ output: { kind: 'inline', value: { sum: 3 } } }));
  expect(result.steps).toMatchObject([
    { id: 'calc', state: 'succeeded' },
    { id: 'after', state: 'succeeded' },
  ]);
});

it('C16: a code step is tried five times where no sandbox starts, and ends with how to get one', async () => {
  let attempts = 0;
  const result = await runJob('code-none', async () => {
    attempts += 1;
    throw ApplicationFailure.create({ type: 'sandbox', message: 'it does not start; run npm run doctor' });
  });
  expect(attempts).toBe(5);
  expect(result).toMatchObject({
    outcome: 'completed_with_errors',
    steps: [{ state: 'failed', reason: { type: 'sandbox', message: expect.stringMatching(/doctor/) } }, {}],
  });
});

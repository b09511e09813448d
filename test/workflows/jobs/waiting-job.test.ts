/** Jobs that wait for days, with time skipped: for a first worker, and for a store that is away. Real records in a real store. */
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createJobRecords } from '../../../activities/records/job-records.ts';
import { recordedStep } from '../../../activities/records/recorded.ts';
import { createJobStarter } from '../../../client/api/jobs/job-starter.ts';
import { connectTemporal } from '../../../client/api/temporal-calls.ts';
import type { Store } from '../../../store/store.ts';
import { aiStep, jobInput } from '../../support/definitions.ts';
import { fakeActivities, stepResult } from '../../support/workflows/fake-activities.ts';
import { temporaryStore } from '../../support/temporary-store.ts';
import { useWorkflowEnvironment, type AllActivities } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');
beforeAll(() => {
  vi.stubEnv('TEMPORAL_ADDRESS', server.environment.address);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

/** Starts a job as the API does. */
async function startJob(prefix: string, store: Store): Promise<string> {
  const input = jobInput({ steps: [aiStep('a')] });
  const jobId = `job_${prefix}`;
  await store.jobs.accept(jobId, input, '');
  const temporal = connectTemporal();
  const starter = createJobStarter(temporal, prefix);
  await vi.waitFor(() => starter.start(jobId, input), 20_000);
  await temporal.close();
  return jobId;
}

/** The activities with their own records, and a step that succeeds. */
function recording(store: Store, replaced: Partial<AllActivities> = {}): AllActivities {
  const runAi = recordedStep(store, 'ai', async () => stepResult());
  return fakeActivities({ ...createJobRecords(store), runAi, ...replaced }).activities;
}

const days = 86_400_000;

describe('A01: a job', () => {
  it('whose first worker comes after 5 days completes, and its record says so', async () => {
    const store = await temporaryStore();
    const jobId = await startJob('patient', store);
    await server.skip(5 * days);
    expect(await store.jobViews.find(jobId)).toMatchObject({ state: 'accepted', steps: [{ state: 'waiting' }] });
    await server.withWorkers('patient', recording(store), () =>
      server.environment.client.workflow.getHandle(jobId).result(),
    );
    expect(await store.jobViews.find(jobId)).toMatchObject({
      state: 'ended',
      outcome: 'completed',
      reason: null,
      steps: [{ state: 'succeeded', attempts: 1 }],
    });
  });

  it('whose end the store does not take for a week is recorded when it does', async () => {
    const store = await temporaryStore();
    const jobId = await startJob('stubborn', store);
    const records = createJobRecords(store);
    let tries = 0;
    const closeJob: AllActivities['closeJob'] = async (input) => {
      tries += 1;
      if (tries <= 7)
        throw ApplicationFailure.create({ type: 'store', message: 'the store is away', nextRetryDelay: '1 day' });
      return records.closeJob(input);
    };
    const end = await server.withWorkers('stubborn', recording(store, { closeJob }), async () => {
      const handle = server.environment.client.workflow.getHandle(jobId);
      await handle.result();
      return handle.describe();
    });
    expect((end.closeTime?.getTime() ?? 0) - end.startTime.getTime()).toBeGreaterThan(7 * days);
    expect(await store.jobViews.find(jobId)).toMatchObject({ state: 'ended', outcome: 'completed' });
  });
});

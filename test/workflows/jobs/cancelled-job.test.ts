/** Jobs that are cancelled while the outbox starts their workflow. Real records in a real store, and a real Temporal. */
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createJobRecords } from '../../../activities/records/job-records.ts';
import { recordedStep } from '../../../activities/records/recorded.ts';
import { cancelJob } from '../../../client/api/jobs/cancel.ts';
import { createJobStarter, type JobStarter } from '../../../client/api/jobs/job-starter.ts';
import { startLeftOver } from '../../../client/api/outbox.ts';
import { connectTemporal } from '../../../client/api/temporal-calls.ts';
import { aiStep, jobInput } from '../../support/definitions.ts';
import { fakeActivities, stepResult } from '../../support/workflows/fake-activities.ts';
import { temporaryStore, type TestStore } from '../../support/temporary-store.ts';
import { useWorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');
const log = pino({ enabled: false });
const now = () => new Date();
const input = jobInput({ steps: [aiStep('a')], deliver: [{ kind: 'email', to: 'ann@example.com', subject: 's' }] });

beforeAll(() => {
  vi.stubEnv('TEMPORAL_ADDRESS', server.environment.address);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

/** Has the outbox start a job, with something that happens just before or after Temporal is asked for it. */
async function startWith(
  prefix: string,
  around: { readonly before?: Around; readonly after?: Around },
): Promise<{ readonly store: TestStore; readonly jobId: string }> {
  const store = await temporaryStore();
  const jobId = `job_${prefix}`;
  await store.jobs.accept(jobId, input, '');
  const temporal = connectTemporal();
  const starter = createJobStarter(temporal, prefix);
  const jobs: JobStarter = {
    ...starter,
    async start(...started) {
      await around.before?.(store, starter, jobId);
      await vi.waitFor(() => starter.start(...started), 20_000);
      await around.after?.(store, starter, jobId);
    },
  };
  await startLeftOver({ stores: store.stores, jobs, log }, new Date(Date.now() + 60_000));
  await temporal.close();
  return { store, jobId };
}
type Around = (store: TestStore, jobs: JobStarter, jobId: string) => Promise<void>;

const cancelled: Around = (store, jobs, jobId) => cancelJob({ store, jobs, now }, jobId);
/** The outbox records nothing more. */
const cancelledByDyingApi: Around = async (...parts) => {
  await cancelled(...parts);
  throw new Error('killed');
};

describe('A14: a job that is cancelled', () => {
  it.each<{ readonly prefix: string; readonly moment: string; readonly around: Parameters<typeof startWith>[1] }>([
    { prefix: 'before', moment: 'before Temporal is asked to start it', around: { before: cancelled } },
    { prefix: 'after', moment: 'when Temporal has just started it', around: { after: cancelled } },
    { prefix: 'killed', moment: 'by an API that is killed then', around: { after: cancelledByDyingApi } },
  ])('$moment has ended at once, runs no step, and its workflow ends too', async ({ prefix, around }) => {
    const { store, jobId } = await startWith(prefix, around);
    const ended = await store.jobViews.find(jobId);
    expect(ended).toMatchObject({ state: 'ended', outcome: 'cancelled' });
    const steps: string[] = [];
    const runAi = recordedStep(store, 'ai', async ({ step }) => {
      steps.push(step.id);
      return stepResult();
    });
    const { activities, recorded } = fakeActivities({ ...createJobRecords(store), runAi });
    const result: unknown = await server.withWorkers(prefix, activities, () =>
      server.environment.client.workflow.getHandle(jobId).result(),
    );
    expect(result).toMatchObject({ outcome: 'cancelled', reason: { type: 'cancelled' } });
    expect([steps, recorded.delivered]).toEqual([[], []]);
    expect(await store.jobViews.find(jobId)).toEqual(ended);
    const events = await store.events.after(jobId, 0, 100);
    expect(events.filter(({ type }) => type === 'job.ended')).toHaveLength(1);
    expect(events.map(({ type }) => type)).not.toContain('job.started');
  });
});

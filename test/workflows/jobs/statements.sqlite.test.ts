/** How often a job writes to the store: two model calls at once, one after them and a webhook, as in `bench/job.ts`. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { createGuardedHttp } from '../../../activities/http/guarded-fetch.ts';
import { createPaidCalls } from '../../../activities/llm/paid-call.ts';
import { createRunAi } from '../../../activities/llm/run-ai.ts';
import type { Model } from '../../../activities/ports.ts';
import { waitMilliseconds } from '../../../activities/records/attempt-record.ts';
import { createJobRecords } from '../../../activities/records/job-records.ts';
import { createRunWebhook } from '../../../activities/webhook/run-webhook.ts';
import { leadMagnetJob } from '../../../workflows/jobs/lead-magnet-job.ts';
import { taskQueue } from '../../../workflows/contract/names.ts';
import { countStatements } from '../../support/store/counted-statements.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { aiStep, jobInput } from '../../support/definitions.ts';
import { fakeActivities } from '../../support/workflows/fake-activities.ts';
import { textResponse } from '../../support/llm/responses.ts';
import { temporaryStore } from '../../support/temporary-store.ts';
import { useWorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');

/** As OpenAI answers: the id first, the end over the stream. */
function streamingModel(): Model {
  let calls = 0;
  return {
    async create() {
      calls += 1;
      const whole = textResponse(`r${calls}`, 'It is as it is.');
      const usage = { ...whole.usage, inputTokens: 0, outputTokens: 0, costUsd: 0 };
      const stream = { ended: Promise.resolve(whole), close: () => undefined };
      return { ...whole, text: '', status: 'pending', usage, stream };
    },
    retrieve: () => Promise.reject(new Error('nothing was lost')),
    cancel: () => Promise.resolve(),
  };
}

const steps = (url: string) => [
  aiStep('prices'),
  aiStep('contact'),
  aiStep('summary', { needs: ['prices', 'contact'] }),
  { id: 'tell', kind: 'webhook', needs: ['summary'], url, body: { said: '{{steps.summary.output.text}}' } },
];

/** On a machine that is too slow for it, what waits to be written with other things would be written before them. */
function withoutHaste(): void {
  const { setTimeout: real } = globalThis;
  const spy = vi.spyOn(globalThis, 'setTimeout');
  spy.mockImplementation((callback, milliseconds, ...values) =>
    real(callback, milliseconds === waitMilliseconds ? 60_000 : milliseconds, ...values),
  );
  onTestFinished(() => spy.mockRestore());
}

it('a job of four steps writes what belongs to one moment in one transaction', async () => {
  const store = await temporaryStore();
  const receiver = await countingServer();
  const askOnce = createPaidCalls({
    model: streamingModel(),
    ledger: store.ledger,
    sleep: () => Promise.withResolvers<void>().promise,
    wasCancelled: () => false,
  });
  const allowPrivateOrigins = [receiver.origin];
  const http = createGuardedHttp({ allowPrivateOrigins });
  const { activities } = fakeActivities({
    ...createJobRecords(store),
    runAi: createRunAi({ store, askOnce, defaultModel: 'm', endpointOf: (name) => name }),
    runWebhook: createRunWebhook({ store, http, secrets: {}, allowPrivateOrigins }),
  });
  const input = jobInput({ steps: steps(receiver.origin), network: { navigate: [receiver.origin] } });
  withoutHaste();
  const counted = countStatements();
  const result = await server.withWorkers('counted', activities, () =>
    server.environment.client.workflow.execute(leadMagnetJob, {
      workflowId: 'job_counted',
      taskQueue: taskQueue('counted', 'jobs'),
      args: [{ ...input, aiQueue: 'jobs' }],
    }),
  );
  const { statements, commits } = counted.count();
  expect(result.outcome).toBe('completed');
  expect(receiver.received).toHaveLength(1);
  // On PostgreSQL the row of a run is a part of the statement that ends the run.
  const runs = statements.filter((text) => text.startsWith('insert into "runs"'));
  expect({ statements: statements.length - runs.length, runs: runs.length, commits }, statements.join('\n')).toEqual({
    statements: 35,
    runs: 4,
    commits: 13,
  });
});

/** The trace of a job, from the request that submits it to what its steps do, in a collector. */
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { createJobStarter } from '../../client/api/jobs/job-starter.ts';
import { connectTemporal } from '../../client/api/temporal-calls.ts';
import { startTraces } from '../../traces/start.ts';
import { runAll } from '../../workers/run-all.ts';
import { readWorkerConfig } from '../../workers/config.ts';
import { seamless } from '../../workers/clients.ts';
import { createDependencies } from '../../workers/dependencies.ts';
import { createWorkers } from '../../workers/workers.ts';
import { defaultTenant } from '../../workflows/contract/names.ts';
import { testApi } from '../client/api/harness.ts';
import { FakeComputer } from '../support/computer-use/fake-computer.ts';
import { aiStep, leadMagnet } from '../support/definitions.ts';
import { callResponse, click, textResponse } from '../support/llm/responses.ts';
import { temporaryPlace } from '../support/temporary-store.ts';
import { startCollector } from '../support/traces/collector.ts';
import { useWorkflowEnvironment } from '../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('local');
beforeAll(() => {
  vi.stubEnv('TEMPORAL_ADDRESS', server.environment.address);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const secrets = {
  instructions: 'the-instructions-of-the-step',
  answer: 'the-answer-of-the-model',
  asker: 'ada@b.example',
};

const magnet = leadMagnet({
  network: { navigate: ['https://site.example'] },
  steps: [
    aiStep('think', { model: 'gpt-5.5', instructions: secrets.instructions }),
    {
      id: 'visit',
      kind: 'computer_use',
      startUrl: 'https://site.example/path',
      goal: 'find it',
      needs: ['think'],
      budget: { iterations: 5, seconds: 60, usd: 1 },
    },
  ],
  deliver: [],
});

/** One that asks for one action of the browser, and otherwise answers. */
function scriptedModel() {
  let asked = 0;
  const answer = async (request: { readonly computer: unknown }) => {
    asked += 1;
    return request.computer !== null && asked === 2
      ? callResponse('r2', [click(5)])
      : textResponse(`r${asked}`, secrets.answer);
  };
  return {
    create: answer,
    retrieve: () => Promise.reject(new Error('nothing is fetched')),
    cancel: async () => undefined,
  };
}

it('goes from the request over the workflow and the steps to the model call and the browser action', async () => {
  const collector = await startCollector();
  const traces = await startTraces({ endpoint: collector.url, service: 'lodestone-worker', warn: console.warn });
  if (traces === null) throw new Error('traces are on');
  const { dataFolder, databaseUrl } = await temporaryPlace();
  const { settings } = readWorkerConfig({
    LODESTONE_DATA_DIR: dataFolder,
    LODESTONE_DATABASE_URL: databaseUrl,
    LODESTONE_QUEUE_PREFIX: 'traced',
  });
  const computers = { reattach: async () => null, open: async () => new FakeComputer() };
  const seams = { ...seamless, model: scriptedModel, computers: () => computers };
  const dependencies = await createDependencies(settings, {}, { seams, traces });
  const store = dependencies.stores.forTenant(defaultTenant);
  const temporal = connectTemporal(traces);
  onTestFinished(async () => {
    await temporal.close();
    await dependencies.close();
  });
  const jobs = createJobStarter(temporal, 'traced');
  const api = await testApi({ store, acrossTenants: dependencies.stores.acrossTenants, jobs, aiQueue: 'jobs', traces });
  await store.leadMagnets.save(magnet, new Date());
  const workers = await createWorkers({
    connection: server.environment.nativeConnection,
    namespace: 'default',
    queues: ['jobs', 'browser'],
    settings,
    dependencies,
    traces,
  });
  const running = runAll(workers.map(({ worker }) => worker));
  const stranger = 'a'.repeat(32);
  const response = await api.post(
    '/v1/lead-magnets/test/submissions',
    { form: { email: secrets.asker } },
    { traceparent: `00-${stranger}-bbbbbbbbbbbbbbbb-00` },
  );
  const { id } = z.object({ id: z.string() }).parse(await response.json());
  await vi.waitFor(async () => expect(await store.jobViews.find(id)).toMatchObject({ state: 'ended' }), 30_000);
  for (const { worker } of workers) worker.shutdown();
  await running;
  await traces.close();

  const request = await collector.span('api request', { 'http.route': '/v1/lead-magnets/:slug/submissions' });
  const ofJob = collector.spans.filter(({ traceId }) => traceId === request.traceId);
  const paths = ofJob.map((span) => collector.pathOf(span).toReversed().join(' > '));
  const workflow = 'api request > StartWorkflow:leadMagnetJob > RunWorkflow:leadMagnetJob';
  expect(paths).toEqual(
    expect.arrayContaining([
      workflow,
      `${workflow} > StartActivity:runAi > RunActivity:runAi > model call`,
      `${workflow} > StartActivity:runComputerUse > RunActivity:runComputerUse > browser open`,
      `${workflow} > StartActivity:runComputerUse > RunActivity:runComputerUse > model call`,
      `${workflow} > StartActivity:runComputerUse > RunActivity:runComputerUse > browser action`,
    ]),
  );
  // Each span once: the workflow's were not sent again when it was replayed.
  expect(new Set(ofJob.map(({ spanId }) => spanId)).size).toBe(ofJob.length);
  expect(paths.filter((path) => path === workflow)).toHaveLength(1);
  expect(request.links).toMatchObject([{ traceId: stranger }]);
  expect(await collector.span('RunActivity:runAi')).toMatchObject({
    attributes: { 'lodestone.step': 'think', 'lodestone.step_kind': 'ai', 'lodestone.job': id },
  });
  expect(await collector.span('model call')).toMatchObject({
    attributes: {
      'gen_ai.request.model': 'gpt-5.5',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 10,
      'lodestone.cost_usd': 0.01,
      'lodestone.status': 'completed',
    },
  });
  expect(await collector.span('browser action')).toMatchObject({ attributes: { 'lodestone.action': 'click' } });
  for (const secret of Object.values(secrets)) expect(collector.received.join('')).not.toContain(secret);
});

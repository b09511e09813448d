/** A job whose AI steps name models of three providers, over the activities that a worker has. */
import { expect, it, onTestFinished } from 'vitest';
import { startModelServer } from '../../../demo/model-server/server.ts';
import { textBrain } from '../../../demo/model-server/brains/text-brain.ts';
import { readWorkerConfig } from '../../../workers/config.ts';
import { createDependencies } from '../../../workers/dependencies.ts';
import type { LeadMagnetJobResult } from '../../../workflows/contract/jobs/job.ts';
import { defaultTenant, leadMagnetJobType, taskQueue } from '../../../workflows/contract/names.ts';
import { aiStep, jobInput } from '../../support/definitions.ts';
import { temporaryPlace } from '../../support/temporary-store.ts';
import { useWorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('local');

it('T03: AI steps run with models of GLM, Kimi and an own endpoint, and cost what those cost', async () => {
  const provider = await startModelServer({ brain: textBrain });
  onTestFinished(() => provider.close());
  const { dataFolder, databaseUrl } = await temporaryPlace();
  const { settings } = readWorkerConfig({
    LODESTONE_DATA_DIR: dataFolder,
    LODESTONE_DATABASE_URL: databaseUrl,
    ZAI_API_KEY: 'a-key',
    MOONSHOT_API_KEY: 'a-key',
    LODESTONE_ENDPOINTS: JSON.stringify([
      { name: 'glm', baseUrl: provider.url },
      { name: 'kimi', baseUrl: provider.url },
      { name: 'local', baseUrl: provider.url, models: ['gpt-5.5'] },
    ]),
    LODESTONE_PRICES: '{"gpt-5.5":{"input":0,"cachedInput":0,"output":0}}',
  });
  const { stores, jobs, llm, browser } = await createDependencies(settings, {});
  onTestFinished(() => stores.close());
  const input = jobInput({
    steps: [
      aiStep('glm', {
        model: 'glm-5.2',
        output: { schema: { type: 'object', properties: { email: { type: 'string' } }, required: ['email'] } },
      }),
      aiStep('kimi', { model: 'kimi/kimi-k3', needs: ['glm'] }),
      aiStep('local', { model: 'gpt-5.5', needs: ['kimi'] }),
      aiStep('unknown', { model: 'nonsense', needs: ['local'] }),
    ],
    deliver: [],
  });
  const store = stores.forTenant(defaultTenant);
  await store.jobs.open('job_chat', input, new Date());
  const result: LeadMagnetJobResult = await server.withWorkers('chat', { ...jobs, ...llm, ...browser }, () =>
    server.environment.client.workflow.execute(leadMagnetJobType, {
      workflowId: 'job_chat',
      taskQueue: taskQueue('chat', 'jobs'),
      args: [input],
    }),
  );
  expect(result.steps.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded', 'failed']);
  expect(result.steps[3]).toMatchObject({
    reason: { type: 'step_definition', message: expect.stringContaining('no provider serves the model nonsense') },
  });
  expect(provider.journal.entries.map(({ path, model }) => [path, model])).toEqual([
    ['/v1/chat/completions', 'glm-5.2'],
    ['/v1/chat/completions', 'kimi-k3'],
    ['/v1/chat/completions', 'gpt-5.5'],
  ]);
  expect(result.usage).toMatchObject({ modelCalls: 3 });
  expect(result.usage.costUsd).toBeGreaterThan(0);
});

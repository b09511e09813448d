/** A job with a batch step: its batch is a child workflow that ends with it. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBatchStep } from '../../../activities/batches/batch-step.ts';
import { createBatchRecords } from '../../../activities/batches/records.ts';
import { createProviderEventLookup } from '../../../activities/llm/provider-event-lookup.ts';
import { createRunBatchPartition } from '../../../activities/batches/partition/run-batch-partition.ts';
import { createStopBatchItems } from '../../../activities/batches/stop-batch-items.ts';
import { createOpenAiBatches } from '../../../activities/llm/openai-batches.ts';
import { createOpenAiModel } from '../../../activities/llm/openai-model.ts';
import { costOf, type TokenCounts } from '../../../activities/llm/prices.ts';
import { createJobRecords } from '../../../activities/records/job-records.ts';
import { startModelServer } from '../../../demo/model-server/server.ts';
import { setTimeout as delay } from 'node:timers/promises';
import type { BatchMode } from '../../../workflows/contract/batches/mode.ts';
import type { LeadMagnetJobResult } from '../../../workflows/contract/jobs/job.ts';
import { leadMagnetJobType, stepBatchId, taskQueue } from '../../../workflows/contract/names.ts';
import { batchStep, jobInput, rowsStep } from '../../support/definitions.ts';
import { fakeActivities, stepResult } from '../../support/workflows/fake-activities.ts';
import { fakeBatchActivities, partitionUntilHalted } from '../../support/batches/fake-batch-activities.ts';
import { temporaryStore } from '../../support/temporary-store.ts';
import { useWorkflowEnvironment, type WorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

/** Runs a job whose batch goes on until it is cancelled, up to the job's limit; returns how both ended. */
async function runToJobLimit(server: WorkflowEnvironment, mode: BatchMode, totalSeconds: number) {
  const batch = fakeBatchActivities(
    { itemCount: 5, mode },
    {
      runBatchPartition: () => partitionUntilHalted(batch.recorded),
      runBatchEconomy: async () => ({ outcome: 'waiting', seconds: 900, message: "the provider's batches" }),
    },
  );
  const usage = { modelCalls: 2, inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, costUsd: 0.25 };
  const fakes = fakeActivities({ collectBatchStep: async () => stepResult({ usage }) });
  const { client } = server.environment;
  const input = jobInput({ steps: [rowsStep, { ...batchStep, mode }] });
  const activities = { ...fakes.activities, ...batch.activities };
  const result: LeadMagnetJobResult = await server.withWorkers(`limit-${mode}`, activities, () =>
    client.workflow.execute(leadMagnetJobType, {
      workflowId: `job_limit_${mode}`,
      taskQueue: taskQueue(`limit-${mode}`, 'jobs'),
      // The schema of definitions allows no limit as short as 8 s; the workflow does.
      args: [{ ...input, definition: { ...input.definition, totalSeconds } }],
    }),
  );
  const [{ batchId } = { batchId: '' }] = [...batch.recorded.partitions, ...batch.recorded.looks];
  const { status } = await client.workflow.getHandle(batchId).describe();
  return { result, stops: batch.recorded.stops, batchStatus: status.name };
}

const endAtJobLimit = {
  result: { outcome: 'timed_out', usage: { modelCalls: 2, costUsd: 0.25 } },
  stops: [{ stop: 'cancelled' }],
  batchStatus: 'COMPLETED',
};

describe('P28: a batch step, where hours pass at once', () => {
  const server = useWorkflowEnvironment('skipping');

  it('ends at its cap, where another batch would wait for a person', async () => {
    const batch = fakeBatchActivities(
      { itemCount: 5 },
      { runBatchPartition: async () => ({ outcome: 'pause', by: 'budget', message: 'the cap is reached' }) },
    );
    const activities = { ...fakeActivities().activities, ...batch.activities };
    await server.withWorkers('cap', activities, () =>
      server.environment.client.workflow.execute(leadMagnetJobType, {
        workflowId: 'job_cap',
        taskQueue: taskQueue('cap', 'jobs'),
        args: [jobInput({ steps: [rowsStep, batchStep] })],
      }),
    );
    expect(batch.recorded.closes).toEqual([expect.objectContaining({ stop: 'budget' })]);
  });
});

describe('P28: a batch step, on the dev server', () => {
  const server = useWorkflowEnvironment('local');

  it('is cancelled with a job that is cancelled, and what it cost is in the job', async () => {
    const batch = fakeBatchActivities(
      { itemCount: 5 },
      { runBatchPartition: () => partitionUntilHalted(batch.recorded) },
    );
    const usage = { modelCalls: 2, inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, costUsd: 0.25 };
    const fakes = fakeActivities({ collectBatchStep: async () => stepResult({ usage }) });
    const activities = { ...fakes.activities, ...batch.activities };
    const result = await server.withWorkers('cancelled', activities, async () => {
      const handle = await server.environment.client.workflow.start(leadMagnetJobType, {
        workflowId: 'job_cancelled',
        taskQueue: taskQueue('cancelled', 'jobs'),
        args: [jobInput({ steps: [rowsStep, batchStep] })],
      });
      await expect.poll(() => batch.recorded.partitions.length, { timeout: 30_000 }).toBeGreaterThan(0);
      await handle.cancel();
      const ended: LeadMagnetJobResult = await handle.result();
      return ended;
    });
    expect(result).toMatchObject({ outcome: 'cancelled', usage });
    expect(result.steps[1]).toMatchObject({ id: 'enrich', state: 'cancelled' });
    expect(batch.recorded.stops).toEqual([expect.objectContaining({ stop: 'cancelled' })]);
  });

  // On the server that skips time the clock stands still while an activity runs: the limit would never pass while a partition
  // works, and would pass only now and then between the looks at an economy batch. Here it passes for real.
  it.each(['standard', 'economy'] as const)(
    "is ended by the job's limit in mode %s, and nothing of it is left running",
    async (mode) => {
      expect(await runToJobLimit(server, mode, 8)).toMatchObject(endAtJobLimit);
    },
  );

  it('answers every item, and its results and its cost are the job’s', async () => {
    const store = await temporaryStore();
    const provider = await startModelServer({ brain: { answer: () => ({ kind: 'text', text: 'done' }) } });
    onTestFinished(() => provider.close());
    const openAi = { apiKey: 'stand-in', baseUrl: provider.url, prices: {} };
    const model = createOpenAiModel({ ...openAi, onLimits: () => undefined });
    const priceOf = (name: string, tokens: TokenCounts) => costOf([name], tokens, {});
    const batches = {
      store,
      model,
      batchApi: createOpenAiBatches(openAi),
      limiterKey: (name: string) => `test/${name}`,
      batchProblemOf: () => null,
      priceOf,
      takeLimits: () => null,
      now: () => Date.now(),
      random: () => 0.5,
      eventLookup: createProviderEventLookup(store.acrossTenants.providerEvents, model),
      sleep: (milliseconds: number, signal: AbortSignal) => delay(milliseconds, undefined, { signal }),
    };
    const rows = Array.from({ length: 12 }, (_, index) => ({ name: `lead ${index}` }));
    const { activities: fakes } = fakeActivities({
      runAi: async () => stepResult({ output: { kind: 'inline', value: { rows } } }),
    });
    const activities = {
      ...fakes,
      ...createJobRecords(store),
      ...createBatchRecords({ store, priceOf }),
      ...createBatchStep({ store, defaultModel: 'gpt-5.4-mini' }),
      ...createRunBatchPartition(batches),
      stopBatchItems: createStopBatchItems(batches),
    };
    const input = jobInput({ steps: [rowsStep, batchStep] });
    await store.jobs.open('job_enrich', input, new Date());
    const result: LeadMagnetJobResult = await server.withWorkers('enrich', activities, () =>
      server.environment.client.workflow.execute(leadMagnetJobType, {
        workflowId: 'job_enrich',
        taskQueue: taskQueue('enrich', 'jobs'),
        args: [input],
      }),
    );
    expect(result).toMatchObject({ outcome: 'completed', usage: { modelCalls: 12 } });
    const batch = await store.batches.find(stepBatchId('job_enrich', 'enrich', 1));
    expect(batch).toMatchObject({ outcome: 'completed', counts: { succeeded: 12 } });
    expect(result.usage.costUsd).toBeCloseTo(batch?.spentUsd ?? 0, 9);
    const file = await store.artifacts.find('job_enrich', 'enrich.results.jsonl');
    expect(file?.bytes).toBeGreaterThan(0);
    const events = (await store.events.after('job_enrich', 0, 100)).filter(({ step }) => step === 'enrich');
    expect(events.map(({ type }) => type)).toEqual(['step.started', 'step.succeeded']);
  });
});

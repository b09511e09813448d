/** A job with a tool step: its request is a child workflow that keeps its limits and ends with the job. */
import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOpenAiModel } from '../../../activities/llm/openai-model.ts';
import { createJobRecords } from '../../../activities/records/job-records.ts';
import { createToolActivities } from '../../../activities/tools/run-tool.ts';
import { createToolStep } from '../../../activities/tools/tool-step.ts';
import { startModelServer } from '../../../demo/model-server/server.ts';
import type { LeadMagnetJobResult } from '../../../workflows/contract/jobs/job.ts';
import {
  leadMagnetJobType,
  searchAttributes,
  stepToolRequestId,
  taskQueue,
} from '../../../workflows/contract/names.ts';
import type { ToolCut } from '../../../workflows/contract/tools/tool-request.ts';
import { aiStep, jobInput } from '../../support/definitions.ts';
import { temporaryStore } from '../../support/temporary-store.ts';
import { fakeActivities, stepResult } from '../../support/workflows/fake-activities.ts';
import { useWorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

const review = {
  id: 'review',
  kind: 'tool',
  tool: 'codereview',
  input: { step: 1, total_steps: 1, task: 'Review it', findings: 'for {{form.email}}', confidence: 'medium' },
};

describe('T26: a tool step, where time is skipped', () => {
  const server = useWorkflowEnvironment('skipping');

  it('is cut off at the limit of its request, and the job goes on as its definition says', async () => {
    const cuts: ToolCut[] = [];
    const reason = { type: 'time_limit', message: 'cut off' } as const;
    const { activities: fakes, recorded } = fakeActivities({
      collectToolStep: async () => stepResult({ state: 'timed_out', reason }),
    });
    const activities = {
      ...fakes,
      runToolTurn: async () => ({ next: 'expert' as const }),
      runToolExpert: async () => {
        const down = { type: 'provider_unavailable', message: 'down', nextRetryDelay: 66_000 };
        throw ApplicationFailure.create(down);
      },
      endToolRequest: async ({ cut }: { cut: ToolCut }) => {
        cuts.push(cut);
        return { outcome: 'timed_out' as const };
      },
    };
    const steps = [{ ...review, onFailure: 'continue' }, aiStep('after', { needs: ['review'] })];
    const result: LeadMagnetJobResult = await server.withWorkers('cut', activities, () =>
      server.environment.client.workflow.execute(leadMagnetJobType, {
        workflowId: 'job_cut',
        taskQueue: taskQueue('cut', 'jobs'),
        args: [jobInput({ steps })],
      }),
    );
    expect(cuts).toMatchObject([{ layer: 'request', type: 'time_limit' }]);
    expect(result.steps).toMatchObject([
      { id: 'review', state: 'timed_out', reason },
      { id: 'after', state: 'succeeded' },
    ]);
    expect(recorded.steps.map(({ step }) => step.id)).toEqual(['after']);
  });
});

describe('T26: a tool step, on the dev server', () => {
  const server = useWorkflowEnvironment('local');

  it('asks the tool and the expert once each; the answer is its output, and the cost is the job’s', async () => {
    const store = await temporaryStore();
    const provider = await startModelServer({ brain: { answer: () => ({ kind: 'text', text: 'done' }) } });
    onTestFinished(() => provider.close());
    const openAi = { apiKey: 'stand-in', baseUrl: provider.url, prices: {} };
    const tools = createToolActivities({
      store,
      model: createOpenAiModel({ ...openAi, onLimits: () => undefined }),
      now: () => Date.now(),
      sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
      wasCancelled: () => false,
      defaultModel: 'gpt-5.4-mini',
      expertModel: 'gpt-5.4-mini',
      pricedModels: [],
      providers: { list: () => [] },
      toolChoices: {},
      locale: null,
    });
    const { activities: fakes, recorded } = fakeActivities();
    const step = createToolStep({ store, toolChoices: {}, conversationHours: 24, now: () => Date.now() });
    const activities = { ...fakes, ...createJobRecords(store), ...step, ...tools };
    const after = aiStep('after', { needs: ['review'], instructions: 'use {{steps.review.output.text}}' });
    const input = jobInput({ steps: [review, after] });
    await store.jobs.open('job_review', input, new Date());
    const result: LeadMagnetJobResult = await server.withWorkers('review', activities, () =>
      server.environment.client.workflow.execute(leadMagnetJobType, {
        workflowId: 'job_review',
        taskQueue: taskQueue('review', 'jobs'),
        args: [input],
      }),
    );
    expect(result).toMatchObject({ outcome: 'completed', usage: { modelCalls: 2 } });
    expect(result.usage.costUsd).toBeGreaterThan(0);
    const child = server.environment.client.workflow.getHandle(stepToolRequestId('job_review', 'review', 1));
    expect((await child.describe()).typedSearchAttributes.get(searchAttributes.tenant)).toBe('default');
    const id = stepToolRequestId('job_review', 'review', 1);
    const view = await store.toolViews.find(id, new Date());
    expect(view).toMatchObject({ outcome: 'completed', usage: { modelCalls: 2, costUsd: result.usage.costUsd } });
    expect((await store.jobViews.find('job_review'))?.usage.costUsd).toBeCloseTo(result.usage.costUsd, 9);
    expect(await store.toolRequests.find(id)).toMatchObject({ input: { findings: 'for a@b.example' } });
    const output = { kind: 'inline', value: { text: 'done', outcome: 'completed', requestId: id } };
    expect(recorded.steps.find((given) => given.step.id === 'after')?.outputs['review']).toMatchObject(output);
  });
});

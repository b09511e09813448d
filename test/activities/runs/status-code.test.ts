/** The HTTP status of what refused a run reaches its row, also when the run fails and the workflow ends it. */
import OpenAI from 'openai';
import { expect, it } from 'vitest';
import { noteAnswers, type PageAnswer } from '../../../activities/computer-use/playwright/answers.ts';
import { createGuardedHttp } from '../../../activities/http/guarded-fetch.ts';
import { classifyOpenAiError } from '../../../activities/llm/openai-errors.ts';
import { recordedStep } from '../../../activities/records/recorded.ts';
import { noteRun, withRunMeter } from '../../../activities/runs/run-meter.ts';
import { callWebhook } from '../../../activities/webhook/call.ts';
import { aiStep } from '../../support/definitions.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { activityPlace, job, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';

it('L20: a step that a provider refuses has the status and the model in its row, and no words of the provider', async () => {
  const { store, definition } = await storeWithJob({ steps: [aiStep('write')] });
  const run = recordedStep(store, 'ai', async () => {
    noteRun({ model: 'gpt-5.5' });
    throw classifyOpenAiError(new OpenAI.APIError(403, { message: 'not yours' }, 'not yours', new Headers()), 'key');
  });
  await expect(activityPlace().run(run, stepInput(definition))).rejects.toThrow('403');
  const [stepId, generation, sequence, at] = ['write', 1, 5, new Date().toISOString()];
  const reason = { type: 'provider_authentication', message: 'refused' } as const;
  await store.jobs.recordStepTransition(job.id, { stepId, generation, sequence, at, state: 'failed', reason });
  expect(await store.runs.ofOwner(job.id, 10)).toMatchObject([
    { outcome: 'failed', reason: 'provider_authentication', statusCode: 403, model: 'gpt-5.5', longestRepeat: null },
  ]);
});

it('L20: the status of a refused webhook is noted', async () => {
  const server = await countingServer((response) => response.writeHead(404).end());
  const { store } = await storeWithJob({ steps: [aiStep('write')] });
  const dependencies = { http: createGuardedHttp({ allowPrivateOrigins: [server.origin] }), ledger: store.ledger };
  const call = {
    key: 'job-1/hook/1',
    jobId: job.id,
    url: `${server.origin}/hook`,
    method: 'POST',
    headers: {},
    body: null,
    secret: null,
    timeoutSeconds: 10,
    permits: () => undefined,
  };
  const status = await withRunMeter(async (meter) => {
    await expect(callWebhook(dependencies, call, new AbortController().signal)).rejects.toThrow('404');
    return meter.measures().statusCode;
  });
  expect(status).toBe(404);
});

it('L20: the page that a tab shows is noted when the server refused it, until another page is there', async () => {
  const statuses = await withRunMeter(async (meter) => {
    const note = noteAnswers();
    const after = (status: number, parts: { readonly isNavigation?: boolean; readonly isFrame?: boolean } = {}) => {
      note(answer(status, parts));
      return meter.measures().statusCode;
    };
    const pages = [after(401), after(302), after(200)];
    return [...pages, after(403), after(404, { isFrame: true }), after(200, { isNavigation: false })];
  });
  expect(statuses).toEqual([401, 401, null, 403, 403, 403]);
});

/** What is noted of an answer, in Playwright's form. */
function answer(
  status: number,
  { isNavigation = true, isFrame = false }: { readonly isNavigation?: boolean; readonly isFrame?: boolean },
): PageAnswer {
  const parentFrame = () => (isFrame ? {} : null);
  return {
    status: () => status,
    request: () => ({ isNavigationRequest: () => isNavigation, frame: () => ({ parentFrame }) }),
  };
}

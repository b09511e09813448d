/**
 * A worker that is killed in the middle of expert calls, with all parts as processes of their own: of a job's tool step, and of
 * a call over HTTP.
 */
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { startModelServer } from '../../demo/model-server/server.ts';
import { requestIdOf } from '../../client/api/tools/tool-requests.ts';
import { JobViewSchema } from '../../workflows/contract/jobs/job-view.ts';
import { defaultTenant, stepToolRequestId } from '../../workflows/contract/names.ts';
import { ToolRequestViewSchema } from '../../workflows/contract/tools/tool-view.ts';
import { smallForm } from '../support/definitions.ts';
import { openTemporary } from '../support/temporary-store.ts';
import { separateProcesses } from '../support/processes/separate-processes.ts';

/** Long enough for the worker to be killed while an expert call is under way. */
const latencyMilliseconds = 4_000;

const input = { step: 1, total_steps: 1, task: 'Review it', confidence: 'medium', use_web_search: false };
const definition = {
  slug: 'review',
  name: 'Review',
  form: smallForm,
  steps: [{ id: 'review', kind: 'tool', tool: 'codereview', input: { ...input, findings: 'of the step' } }],
};

test(
  'T02, T25: a worker that is killed in the middle of expert calls costs no call, and the conversation goes on with the next one',
  { timeout: 240_000 },
  async () => {
    const prompts: string[] = [];
    const provider = await startModelServer({
      brain: {
        answer: ({ texts }) => {
          prompts.push(texts.join('\n'));
          return { kind: 'text', text: 'done' };
        },
      },
      latencyMilliseconds,
    });
    onTestFinished(() => provider.close());
    const stack = await separateProcesses({ OPENAI_API_KEY: 'stand-in', OPENAI_BASE_URL: provider.url });
    await stack.startTemporal();
    const [, worker] = await Promise.all([stack.startApi(), stack.startWorker()]);
    const send = async (path: string, body: unknown, key = 'any'): Promise<unknown> => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      return (await fetch(`${stack.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    };
    await send('/v1/lead-magnets', definition);
    const called = send('/v1/tools/codereview', { ...input, findings: 'of the call' }, 'call');
    const accepted = await send('/v1/lead-magnets/review/submissions', { form: { email: 'ada@example.com' } });
    const { id } = z.object({ id: z.string() }).parse(accepted);
    const { ledger } = await openTemporary(stack.place);
    const call = { tool: 'codereview', input, idempotencyKey: 'call', whyNotLocal: null };
    for (const request of [stepToolRequestId(id, 'review', 1), requestIdOf(defaultTenant, call)]) {
      // The expert call is under way, and its id is known.
      const row = async () => (await ledger.find(`${request}/expert`)) ?? { state: 'none', data: {} };
      await expect
        .poll(row, { timeout: 60_000, interval: 20 })
        .toMatchObject({ state: 'intended', data: { responseId: expect.any(String) } });
    }
    await worker.kill();
    await stack.startWorker();

    const answer = ToolRequestViewSchema.parse(await called);
    expect(answer).toMatchObject({ outcome: 'completed', result: { expert: { answer: 'done' } } });
    expect(answer.secondsUsed).toBeLessThan(67.5);
    const job = async () => JobViewSchema.parse(await (await fetch(`${stack.url}/v1/jobs/${id}`)).json());
    await expect.poll(async () => (await job()).state, { timeout: 60_000 }).toBe('ended');
    expect(await job()).toMatchObject({ outcome: 'completed', usage: { modelCalls: 2 } });
    expect(provider.journal.counters()).toMatchObject({ paidCreates: 4, repeatedCreates: 0 });

    const next = { prompt: 'And now?', continuation_id: answer.continuationId, use_web_search: false };
    expect(await send('/v1/tools/chat', next, 'next')).toMatchObject({ outcome: 'completed' });
    expect(prompts.at(-1)).toMatch(/of the call[\s\S]*And now\?/);
  },
);

import { describe, expect, it } from 'vitest';
import { ToolRequestViewSchema, type ToolRequestView } from '../../../../workflows/contract/tools/tool-view.ts';
import { TemporalUnreachable } from '../../../../client/api/temporal-calls.ts';
import { problemOf, testApi, type Api } from '../harness.ts';

const prompt = { prompt: 'Why is the sky blue?' };

async function viewOf(response: Response): Promise<ToolRequestView> {
  expect(response.status).toBe(200);
  return ToolRequestViewSchema.parse(await response.json());
}

/** Ends each request as a worker would. */
function answering(api: Api, answer: string): void {
  api.tools.onStart = async ({ requestId }) => {
    await api.store.toolRequests.begin(requestId, 'turn', new Date());
    await api.store.toolRequests.answered(requestId, answer);
    await api.store.toolRequests.end(requestId, { outcome: 'completed', cut: null }, new Date());
  };
}

describe('GET /v1/tools', () => {
  it('T26: lists the tools with their schemas and limits', async () => {
    const { ask } = await testApi();
    const body = await (await ask('/v1/tools')).json();
    expect(body).toMatchObject({
      tools: expect.arrayContaining([
        expect.objectContaining({ name: 'chat', hasExpert: false, requestSeconds: 67.5 }),
        expect.objectContaining({ name: 'debug', hasExpert: true }),
      ]),
    });
  });
});

describe('POST /v1/tools/{name}', () => {
  it('waits for the end and answers with the result', async () => {
    const api = await testApi();
    answering(api, 'scattering');
    const view = await viewOf(await api.post('/v1/tools/chat', prompt));
    expect(view).toMatchObject({ tool: 'chat', outcome: 'completed', result: { answer: 'scattering' }, cut: null });
    expect(api.tools.started).toMatchObject([{ requestId: view.id, limits: { toolSeconds: 45 }, queue: 'jobs' }]);
    await expect(viewOf(await api.ask(`/v1/tool-requests/${view.id}`))).resolves.toEqual(view);
  });

  it('T19: refuses wrong input with a problem for each field, and starts nothing', async () => {
    const { post, tools } = await testApi();
    const response = await post('/v1/tools/debug', { step: 3, total_steps: 2, findings: '', extra: 1 });
    expect(response.status).toBe(422);
    const { problems } = await problemOf(response);
    expect(problems.map(({ path }) => path)).toEqual(expect.arrayContaining(['findings', '']));
    const next = await problemOf(await post('/v1/tools/debug', { step: 3, total_steps: 2, findings: 'x' }));
    expect(next.problems.map(({ path }) => path)).toEqual(['step', 'task', 'continuation_id']);
    expect(tools.started).toEqual([]);
  });

  it('says that a request may have started when Temporal does not answer', async () => {
    const api = await testApi();
    api.tools.onStart = () => Promise.reject(new TemporalUnreachable('Temporal does not answer'));
    const response = await api.post('/v1/tools/chat', prompt);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('It may have started; call again with the same Idempotency-Key');
  });

  it('answers the same request for the same Idempotency-Key, and refuses it for another', async () => {
    const api = await testApi();
    answering(api, 'scattering');
    const key = { 'idempotency-key': 'one' };
    const first = await viewOf(await api.post('/v1/tools/chat', prompt, key));
    await expect(viewOf(await api.post('/v1/tools/chat', prompt, key))).resolves.toMatchObject({ id: first.id });
    expect(api.tools.started).toHaveLength(1);
    expect((await api.post('/v1/tools/chat', { prompt: 'another' }, key)).status).toBe(409);
  });

  it('T25: continues a conversation until that has ended', async () => {
    const api = await testApi();
    answering(api, 'scattering');
    const { continuationId } = await viewOf(await api.post('/v1/tools/chat', prompt));
    const next = { prompt: 'And at night?', continuation_id: continuationId };
    await expect(viewOf(await api.post('/v1/tools/chat', next))).resolves.toMatchObject({ continuationId });
    api.pass(25 * 3_600_000);
    expect((await api.post('/v1/tools/chat', next)).status).toBe(404);
    await expect(api.store.acrossTenants.tools.removeExpired(new Date(Date.now() + 25 * 3_600_000))).resolves.toBe(1);
  });

  it('says that nothing was started when Temporal is away, and starts the same request later', async () => {
    const api = await testApi();
    answering(api, 'scattering');
    api.tools.reachable = false;
    const key = { 'idempotency-key': 'one' };
    expect((await api.post('/v1/tools/chat', prompt, key)).status).toBe(503);
    api.tools.reachable = true;
    await expect(viewOf(await api.post('/v1/tools/chat', prompt, key))).resolves.toMatchObject({
      outcome: 'completed',
    });
  });

  it('T19: ends a request that no worker takes at its limit, and says so', async () => {
    const api = await testApi();
    api.tools.onStart = async () => api.pass(67_100);
    const view = await viewOf(await api.post('/v1/tools/chat', prompt));
    expect(view).toMatchObject({ outcome: 'timed_out', cut: { layer: 'queue', type: 'timeout_schedule_to_start' } });
    expect(api.tools.cancelled).toEqual([view.id]);
  });

  it('T20: streams progress, with the place in the queue, and then the result', async () => {
    const api = await testApi();
    await api.post('/v1/tools/none', prompt);
    const response = await api.post('/v1/tools/chat', prompt, { accept: 'text/event-stream' });
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = (await reader?.read())?.value ?? '';
    expect(first).toMatch(/event: progress\ndata: .*"phase":"queued","place":1,/);
    const [{ requestId } = { requestId: '' }] = api.tools.started;
    await api.store.toolRequests.begin(requestId, 'turn', new Date());
    await api.store.toolRequests.progress(requestId, 42);
    expect((await reader?.read())?.value).toMatch(/"phase":"turn","place":null.*"tokens":(0|42)/);
    await api.store.toolRequests.end(requestId, { outcome: 'completed', cut: null }, new Date());
    let rest = '';
    for (;;) {
      const chunk = await reader?.read();
      if (chunk?.value === undefined) break;
      rest += chunk.value;
    }
    expect(rest).toMatch(/event: result\ndata: .*"outcome":"completed"/);
  });

  it('knows no other tool', async () => {
    const { post } = await testApi();
    expect((await post('/v1/tools/none', prompt)).status).toBe(404);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { ProblemError } from '../../../../client/api/http/problem.ts';
import { createToolCaller, type StartedCall, type ToolCaller } from '../../../../client/api/tools/tool-caller.ts';
import { problemOf, testApi, type Api } from '../harness.ts';

const call = { tool: 'chat', input: { prompt: 'Why?' }, idempotencyKey: undefined, whyNotLocal: null };
const heard = new AbortController().signal;
const never = <Result>(): Promise<Result> => new Promise(() => undefined);
/** A request may take 1.5 s then. */
const short = { toolSeconds: 1 };

async function start(caller: ToolCaller, times: number): Promise<readonly StartedCall[]> {
  return Promise.all(Array.from({ length: times }, () => caller.start(call)));
}

async function endAll({ store }: Api, calls: readonly StartedCall[]): Promise<void> {
  for (const { id } of calls) {
    await store.toolRequests.end(id, { outcome: 'completed', cut: null }, new Date());
  }
}

describe('callers who wait', () => {
  it('T14: are looked after by one query for all of them', async () => {
    const api = await testApi();
    const looks = vi.spyOn(api.store.toolRequests, 'pulses');
    const heads = vi.spyOn(api.store.toolRequests, 'findHead');
    const calls = await start(createToolCaller(api.dependencies), 20);
    const ends = calls.map((started) => started.end(heard));
    await vi.waitFor(() => expect(looks.mock.calls.some(([ids]) => ids.length === 20)).toBe(true), 30_000);
    const before = heads.mock.calls.length;
    const looked = looks.mock.calls.length;
    await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(looked + 2), 30_000);
    expect(heads.mock.calls).toHaveLength(before);
    await endAll(api, calls);
    await expect(Promise.all(ends)).resolves.toHaveLength(20);
  });

  it('are refused beyond a number, before anything is started, and taken again when another has its answer', async () => {
    const api = await testApi();
    const caller = createToolCaller(api.dependencies, 2);
    const calls = await start(caller, 2);
    const refusal: unknown = await caller.start(call).catch((error: unknown) => error);
    if (!(refusal instanceof ProblemError)) throw new Error('it was not refused');
    expect(refusal.problem).toMatchObject({ status: 503, detail: expect.stringContaining('nothing was started') });
    expect(refusal.headers).toEqual({ 'retry-after': '5' });
    expect(api.tools.started).toHaveLength(2);
    await endAll(api, calls);
    await Promise.all(calls.map((started) => started.end(heard)));
    await expect(caller.start(call)).resolves.toMatchObject({ id: expect.stringMatching(/^tool_/) });
  });

  it('are no more counted when their call could not start', async () => {
    const api = await testApi();
    const caller = createToolCaller(api.dependencies, 1);
    api.tools.reachable = false;
    await expect(caller.start(call)).rejects.toThrow(/does not answer/);
    api.tools.reachable = true;
    await expect(caller.start(call)).resolves.toBeDefined();
  });

  it('hear on while the store fails for a moment', async () => {
    const api = await testApi();
    const looks = vi.spyOn(api.store.toolRequests, 'pulses').mockRejectedValueOnce(new Error('the database is away'));
    const calls = await start(createToolCaller(api.dependencies), 1);
    const ends = calls.map((started) => started.end(heard));
    await vi.waitFor(() => expect(looks).toHaveBeenCalled());
    await endAll(api, calls);
    await expect(Promise.all(ends)).resolves.toMatchObject([{ outcome: 'completed' }]);
  });
});

describe('T07: POST /v1/tools/{name} answers at the limit of the request', () => {
  it('with its id when Temporal is silent', async () => {
    const api = await testApi({ toolChoices: short });
    api.tools.onStart = never;
    const problem = await problemOf(await api.post('/v1/tools/chat', call.input));
    expect(problem).toMatchObject({ status: 504, requestId: api.tools.started[0]?.requestId });
    expect(problem.detail).toContain(`GET /v1/tool-requests/${problem.requestId}`);
  });

  it('with its id when the store is silent before or after the start', async () => {
    const api = await testApi({ toolChoices: short });
    vi.spyOn(api.store.toolRequests, 'pulses').mockImplementation(never);
    const after = await problemOf(await api.post('/v1/tools/chat', call.input));
    expect(after).toMatchObject({ status: 504, requestId: api.tools.started[0]?.requestId });
    vi.spyOn(api.store.toolRequests, 'accept').mockImplementation(never);
    const before = await problemOf(await api.post('/v1/tools/chat', call.input));
    expect(before).toMatchObject({ status: 504, requestId: expect.stringMatching(/^tool_/) });
  });

  it('with an event where progress is streamed', async () => {
    const api = await testApi({ toolChoices: short });
    vi.spyOn(api.store.toolRequests, 'pulses').mockImplementation(never);
    const text = await (await api.post('/v1/tools/chat', call.input, { accept: 'text/event-stream' })).text();
    expect(text).toMatch(/event: progress\n/);
    expect(text).toMatch(/event: problem\ndata: .*"status":504.*"requestId":"tool_/);
  });
});

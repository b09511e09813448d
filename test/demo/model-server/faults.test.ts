import { APIConnectionError, APIError, APIUserAbortError, RateLimitError } from 'openai';
import { describe, expect, it } from 'vitest';
import { clickThere, HeldTime, model, refusalOf, start, textAnswer } from './harness.ts';

const tools = [{ type: 'computer' as const }];
const hello = { model, input: 'Hello' };

describe('a fault', () => {
  it('of the rate limit says when to come back', async () => {
    const { client, server } = await start([textAnswer('Hello.')]);
    server.injectFault({ kind: 'rate_limit', retryAfterSeconds: 2.5 });
    const refusal = client.responses.create(hello);
    await expect(refusal).rejects.toBeInstanceOf(RateLimitError);
    await expect(refusal).rejects.toMatchObject({ code: 'rate_limit_exceeded' });
    const headers = await refusal.catch((error: unknown) => (error instanceof APIError ? error.headers : null));
    expect([headers?.get('retry-after'), headers?.get('retry-after-ms')]).toEqual(['3', '2500']);
    expect(await client.responses.create(hello)).toMatchObject({ output_text: 'Hello.' });
    expect(server.journal.entries[0]).toMatchObject({ fault: 'rate_limit', httpStatus: 429, usage: null });
  });

  it('of the quota is distinguished from one of the rate limit by its code', async () => {
    const { client, server } = await start([]);
    server.injectFault({ kind: 'quota' });
    expect(await refusalOf(client.responses.create(hello))).toMatchObject({ status: 429, code: 'insufficient_quota' });
  });

  it('of the server happens as often as it was ordered', async () => {
    const { client, server } = await start([textAnswer('Hello.')]);
    server.injectFault({ kind: 'server_error', times: 2 });
    expect(await refusalOf(client.responses.create(hello))).toMatchObject({ status: 500, code: 'server_error' });
    expect(await refusalOf(client.responses.create(hello))).toMatchObject({ status: 500 });
    expect(await client.responses.create(hello)).toMatchObject({ output_text: 'Hello.' });
  });

  it('that resets the connection loses an answer that was paid for', async () => {
    const { client, server } = await start([textAnswer('Lost.'), textAnswer('Found.')]);
    server.injectFault({ kind: 'reset' });
    await expect(client.responses.create(hello)).rejects.toBeInstanceOf(APIConnectionError);
    expect(await client.responses.create(hello)).toMatchObject({ output_text: 'Found.' });
    expect(server.journal.counters()).toMatchObject({ paidCreates: 2, repeatedCreates: 1 });
    expect(server.journal.entries[0]).toMatchObject({ fault: 'reset', httpStatus: null });
  });

  it('that resets the connection before the work costs nothing', async () => {
    const { client, server } = await start([textAnswer('Found.')]);
    server.injectFault({ kind: 'reset', when: 'before_work' });
    await expect(client.responses.create(hello)).rejects.toBeInstanceOf(APIConnectionError);
    expect(await client.responses.create(hello)).toMatchObject({ output_text: 'Found.' });
    expect(server.journal.counters()).toMatchObject({ paidCreates: 1, repeatedCreates: 0 });
  });

  it('that hangs never answers', async () => {
    const asked = Promise.withResolvers<void>();
    const { client, server } = await start([
      () => {
        asked.resolve();
        return textAnswer('Never heard.');
      },
    ]);
    server.injectFault({ kind: 'hang' });
    const giveUp = new AbortController();
    const request = client.responses.create(hello, { signal: giveUp.signal });
    await asked.promise;
    giveUp.abort();
    await expect(request).rejects.toBeInstanceOf(APIUserAbortError);
  });

  it('that cuts the body leaves half a JSON', async () => {
    const { client, server } = await start([textAnswer('Half.')]);
    server.injectFault({ kind: 'truncated' });
    await expect(client.responses.create(hello)).rejects.toThrow(TypeError);
    expect(server.journal.entries[0]).toMatchObject({ fault: 'truncated', httpStatus: null, outcome: 'completed' });
  });

  it('that cuts a stream ends it before the response is complete', async () => {
    const { client, server } = await start([textAnswer('Half.')]);
    server.injectFault({ kind: 'truncated' });
    const stream = await client.responses.create({ ...hello, stream: true });
    const types: string[] = [];
    const reading = (async () => {
      for await (const event of stream) types.push(event.type);
    })();
    await expect(reading).rejects.toThrow('terminated');
    expect(types).not.toContain('response.completed');
  });

  it('of duplication gives the same call twice', async () => {
    const { client, server } = await start([clickThere]);
    server.injectFault({ kind: 'duplicate' });
    const { output } = await client.responses.create({ ...hello, tools });
    const calls = output.flatMap((item) => (item.type === 'computer_call' ? [item.call_id] : []));
    expect(calls).toHaveLength(2);
    expect(new Set(calls).size).toBe(1);
  });

  it('that leaves the answer incomplete gives half a text and no call', async () => {
    const { client, server } = await start([clickThere]);
    server.injectFault({ kind: 'incomplete' });
    const response = await client.responses.create({ ...hello, tools });
    expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
  });

  it('of refusal declines in the words of the API', async () => {
    const { client, server, brain } = await start([]);
    server.injectFault({ kind: 'refusal' });
    const { status, output } = await client.responses.create(hello);
    expect(status).toBe('completed');
    expect(output).toMatchObject([{ type: 'reasoning' }, { content: [{ type: 'refusal' }] }]);
    expect(brain.turns).toEqual([]);
  });

  it('of failure ends a background response with an error', async () => {
    const time = new HeldTime();
    const { client, server } = await start([], { wait: time.wait });
    server.injectFault({ kind: 'failed' });
    const { id } = await client.responses.create({ ...hello, background: true });
    await time.letGo();
    await time.letGo();
    // A stream ends with its response.
    const types: string[] = [];
    for await (const { type } of await client.responses.retrieve(id, { stream: true })) types.push(type);
    expect(types).toContain('response.failed');
    expect(await client.responses.retrieve(id)).toMatchObject({
      status: 'failed',
      error: { code: 'server_error' },
      usage: null,
    });
  });

  it('applies only to the requests that match', async () => {
    const { client, server } = await start([textAnswer('One.'), textAnswer('Two.'), textAnswer('Three.')]);
    server.injectFault({ match: { path: '/v1/responses', model: 'gpt-5.4', nth: 2 }, kind: 'server_error' });
    server.injectFault({ match: { path: '/v1/responses/*', method: 'GET' }, kind: 'rate_limit' });
    expect(await client.responses.create(hello)).toMatchObject({ output_text: 'One.' });
    const first = await client.responses.create({ model: 'gpt-5.4', input: 'Hello' });
    expect(first.output_text).toBe('Two.');
    const second = client.responses.create({ model: 'gpt-5.4', input: 'Hello' });
    expect(await refusalOf(second)).toMatchObject({ status: 500 });
    expect(await refusalOf(client.responses.retrieve(first.id))).toMatchObject({ status: 429 });
    expect(await client.responses.retrieve(first.id)).toMatchObject({ status: 'completed' });
  });
});

async function control(url: string, method: string, path: string, body?: unknown): Promise<[number, unknown]> {
  const response = await fetch(new URL(`/_control/${path}`, url), {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return [response.status, await response.json()];
}

describe('the control routes', () => {
  it('inject faults, take them back, and set the latency', async () => {
    const waits: number[] = [];
    const wait = async (milliseconds: number): Promise<void> => {
      waits.push(milliseconds);
    };
    const { client, server } = await start([textAnswer('Hello.')], { wait });
    expect(await control(server.url, 'POST', 'faults', { kind: 'server_error', times: 9 })).toMatchObject([200, {}]);
    expect(await refusalOf(client.responses.create(hello))).toMatchObject({ status: 500 });
    await control(server.url, 'DELETE', 'faults');
    await control(server.url, 'POST', 'latency', { milliseconds: 40 });
    await client.responses.create(hello);
    expect(waits).toEqual([10, 30]);
  });

  it('refuse a fault that they do not know', async () => {
    const { server } = await start([]);
    expect(await control(server.url, 'POST', 'faults', { kind: 'earthquake' })).toMatchObject([
      400,
      { error: { param: 'kind' } },
    ]);
    expect(await control(server.url, 'GET', 'nothing')).toMatchObject([404, {}]);
  });

  it('take several faults at once, and none of them when one is wrong', async () => {
    const { client, server } = await start([textAnswer('Hello.')]);
    const wrong = [{ kind: 'server_error' }, { kind: 'earthquake' }];
    expect(await control(server.url, 'POST', 'faults', wrong)).toMatchObject([400, { error: { param: '[1].kind' } }]);
    await control(server.url, 'POST', 'faults', [{ kind: 'server_error' }, { kind: 'rate_limit' }]);
    expect(await refusalOf(client.responses.create(hello))).toMatchObject({ status: 500 });
    expect(await refusalOf(client.responses.create(hello))).toMatchObject({ status: 429 });
    expect(await client.responses.create(hello)).toMatchObject({ output_text: 'Hello.' });
  });

  it('show the journal', async () => {
    const { client, server } = await start([textAnswer('Hello.')]);
    await client.responses.create(hello);
    const [status, journal] = await control(server.url, 'GET', 'journal');
    expect(status).toBe(200);
    expect(journal).toMatchObject({
      counters: { paidCreates: 1 },
      entries: [{ number: 1, kind: 'create', model, outcome: 'completed', computerTool: null }],
    });
  });
});

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testApi, type Api } from '../api/harness.ts';

const RpcError = z.object({ jsonrpc: z.literal('2.0'), error: z.object({ code: z.int(), message: z.string() }) });

const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const here = {
  host: '127.0.0.1:8700',
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

function send(api: Api, body: unknown, headers: Record<string, string> = {}, from = '127.0.0.1'): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return api.ask('/mcp', { method: 'POST', body: text, headers: { ...here, ...headers }, from });
}

async function refusalOf(response: Response): Promise<{ status: number; message: string; code: number }> {
  const { error } = RpcError.parse(await response.json());
  return { status: response.status, ...error };
}

describe('/mcp', () => {
  it('serves a program on the same machine, also over IPv6', async () => {
    const api = await testApi();
    expect((await send(api, list)).status).toBe(200);
    expect((await send(api, list, { host: '[::1]:8700' }, '::1')).status).toBe(200);
    expect((await send(api, list, { host: 'localhost' }, '::ffff:127.0.0.1')).status).toBe(200);
  });

  it.each([
    ['another Host, as DNS rebinding sends', { host: 'evil.example:8700' }, '127.0.0.1', /Host/],
    ['another Origin', { origin: 'https://evil.example' }, '127.0.0.1', /another site/],
    ['an Origin that is none', { origin: 'null' }, '127.0.0.1', /another site/],
    [
      'an Origin of the same rebound name',
      { host: 'evil.example', origin: 'http://evil.example' },
      '127.0.0.1',
      /Host/,
    ],
    ['another machine', {}, '203.0.113.9', /came from 203\.0\.113\.9/],
    ['a proxy on this machine', { 'x-forwarded-for': '203.0.113.9' }, '127.0.0.1', /through a proxy/],
  ])('answers 403 with the reason to %s', async (_, headers, from, reason) => {
    const api = await testApi();
    const { status, message } = await refusalOf(await send(api, list, headers, from));
    expect(status).toBe(403);
    expect(message).toMatch(reason);
  });

  it('refuses what is no JSON, no JSON-RPC, of another type, or empty', async () => {
    const api = await testApi();
    await expect(send(api, '{').then(refusalOf)).resolves.toMatchObject({ status: 400, code: -32_700 });
    expect((await send(api, '')).status).toBe(400);
    expect((await send(api, { jsonrpc: '1.0', id: 1, method: 'tools/list' })).status).toBe(400);
    expect((await send(api, [1, 'x', null])).status).toBe(400);
    expect((await send(api, list, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await api.ask('/mcp', { headers: here, from: '127.0.0.1' })).status).toBe(405);
  });

  it('refuses a batch, which one request could start thousands of calls with, and starts nothing', async () => {
    const api = await testApi();
    const call = { ...list, method: 'tools/call', params: { name: 'chat', arguments: { prompt: 'Why?' } } };
    const batch = Array.from({ length: 3 }, (_, id) => ({ ...call, id }));
    await expect(send(api, batch).then(refusalOf)).resolves.toMatchObject({ status: 400, code: -32_600 });
    expect(api.tools.started).toEqual([]);
  });

  it('T16: refuses a body that is too large, too deep, or has too many values, and starts nothing', async () => {
    const api = await testApi();
    const call = (input: unknown): unknown => ({
      ...list,
      method: 'tools/call',
      params: { name: 'chat', arguments: input },
    });
    const large = await send(api, call({ prompt: 'x'.repeat(2 ** 20) }));
    await expect(refusalOf(large)).resolves.toMatchObject({ status: 413 });
    const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
    await expect(send(api, deep).then(refusalOf)).resolves.toMatchObject({ status: 400, message: /nested/ });
    const many = await send(api, call({ prompt: Array.from({ length: 30_000 }, () => 1) }));
    expect(await many.text()).toMatch(/more than the maximum of 20000 elements/);
    expect(api.tools.started).toEqual([]);
  });

  it.each(['no_such_tool', '__proto__'])('answers a call of %s with an error of the protocol', async (name) => {
    const api = await testApi();
    const call = { ...list, method: 'tools/call', params: { name, arguments: {} } };
    expect(await (await send(api, call)).text()).toMatch(/"error":\{"code":-32602/);
  });
});

describe('POST /v1/tool-requests/{id}/cancel', () => {
  it('cancels a request under way, leaves one that has ended, and knows no other', async () => {
    const api = await testApi();
    api.tools.onStart = async () => api.pass(67_100);
    await api.post('/v1/tools/chat', { prompt: 'Why?' });
    const [{ requestId } = { requestId: '' }] = api.tools.started;
    api.tools.cancelled.length = 0;
    const ended = await api.post(`/v1/tool-requests/${requestId}/cancel`, {});
    expect(ended.status).toBe(202);
    expect(api.tools.cancelled).toEqual([]);
    expect((await api.post('/v1/tool-requests/tool_none/cancel', {})).status).toBe(404);
  });
});

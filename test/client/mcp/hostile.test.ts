import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testApi, type Api } from '../api/harness.ts';
import { localApi } from './harness.ts';

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
    const api = await localApi();
    expect((await send(api, list)).status).toBe(200);
    expect((await send(api, list, { host: '[::1]:8700' }, '::1')).status).toBe(200);
    expect((await send(api, list, { host: 'localhost' }, '::ffff:127.0.0.1')).status).toBe(200);
  });

  it.each([
    ['another Origin', { origin: 'https://evil.example' }, '127.0.0.1', /another site/],
    ['an Origin that is none', { origin: 'null' }, '127.0.0.1', /another site/],
    ['an address that is not of this machine', { host: '203.0.113.7:8700' }, '127.0.0.1', /Host/],
    ['another machine', {}, '203.0.113.9', /came from 203\.0\.113\.9/],
    [
      'a proxy on this machine',
      { 'x-forwarded-for': '203.0.113.9' },
      '127.0.0.1',
      /through a proxy.*LODESTONE_REMOTE_MCP=on/,
    ],
    ['a proxy that tells the name alone', { 'x-forwarded-host': 'jobs.example.com' }, '127.0.0.1', /through a proxy/],
    ['a proxy by the standard header', { forwarded: 'for=203.0.113.9' }, '127.0.0.1', /through a proxy/],
    ['a proxy that tells itself alone', { via: '1.1 proxy' }, '127.0.0.1', /through a proxy/],
  ])('answers 403 with the reason to %s', async (_, headers, from, reason) => {
    const api = await localApi();
    const { status, message } = await refusalOf(await send(api, list, headers, from));
    expect(status).toBe(403);
    expect(message).toMatch(reason);
  });

  it.each([
    ['another Host, as DNS rebinding sends', { host: 'evil.example:8700' }],
    ['an Origin of the same rebound name', { host: 'evil.example', origin: 'http://evil.example' }],
  ])('answers 421 with the setting that mends it to %s', async (_, headers) => {
    const { status, message } = await refusalOf(await send(await localApi(), list, headers));
    expect(status).toBe(421);
    expect(message).toMatch(/not known as evil\.example.*LODESTONE_PUBLIC_URL/);
  });

  it('refuses all clients where the API has a public address: a proxy that sets no header looks like a local program', async () => {
    const api = await testApi({ publicUrl: 'https://jobs.example.com' });
    const { status, message } = await refusalOf(await send(api, list));
    expect(status).toBe(403);
    expect(message).toMatch(/https:\/\/jobs\.example\.com.*LODESTONE_REMOTE_MCP=on/);
  });

  it('serves clients elsewhere where the operator allows it, but no page of another site and no file by path', async () => {
    const api = await testApi({
      publicUrl: 'https://jobs.example.com',
      remoteMcp: true,
      fileLimits: { roots: ['/'], fileBytes: 100, requestBytes: 100 },
    });
    const through = { host: 'jobs.example.com', 'x-forwarded-for': '203.0.113.9' };
    expect((await send(api, list, through)).status).toBe(200);
    expect((await send(api, list, { ...through, origin: 'https://jobs.example.com' })).status).toBe(200);
    const page = await send(api, list, { ...through, origin: 'https://evil.example' });
    await expect(refusalOf(page)).resolves.toMatchObject({ status: 403, message: /another site/ });
    const call = { name: 'chat', arguments: { prompt: 'Why?', paths: ['/etc/hostname'] } };
    const answer = await send(api, { ...list, method: 'tools/call', params: call });
    expect(await answer.text()).toMatch(/paths\.0: is read for programs on the same machine only/);
    expect(api.tools.started).toEqual([]);
  });

  it('refuses what is no JSON, no JSON-RPC, of another type, or empty', async () => {
    const api = await localApi();
    await expect(send(api, '{').then(refusalOf)).resolves.toMatchObject({ status: 400, code: -32_700 });
    expect((await send(api, '')).status).toBe(400);
    expect((await send(api, { jsonrpc: '1.0', id: 1, method: 'tools/list' })).status).toBe(400);
    expect((await send(api, [1, 'x', null])).status).toBe(400);
    expect((await send(api, list, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await api.ask('/mcp', { headers: here, from: '127.0.0.1' })).status).toBe(405);
  });

  it('refuses a batch, which one request could start thousands of calls with, and starts nothing', async () => {
    const api = await localApi();
    const call = { ...list, method: 'tools/call', params: { name: 'chat', arguments: { prompt: 'Why?' } } };
    const batch = Array.from({ length: 3 }, (_, id) => ({ ...call, id }));
    await expect(send(api, batch).then(refusalOf)).resolves.toMatchObject({ status: 400, code: -32_600 });
    expect(api.tools.started).toEqual([]);
  });

  it('T16: refuses a body that is too large, too deep, or has too many values, and starts nothing', async () => {
    const api = await localApi();
    const call = (input: unknown): unknown => ({
      ...list,
      method: 'tools/call',
      params: { name: 'chat', arguments: input },
    });
    const large = await send(api, call({ prompt: 'x'.repeat(31 * 2 ** 20) }));
    await expect(refusalOf(large)).resolves.toMatchObject({ status: 413 });
    const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
    await expect(send(api, deep).then(refusalOf)).resolves.toMatchObject({ status: 400, message: /nested/ });
    const many = await send(api, call({ prompt: Array.from({ length: 30_000 }, () => 1) }));
    expect(await many.text()).toMatch(/more than the maximum of 20000 elements/);
    expect(api.tools.started).toEqual([]);
  });

  it.each(['no_such_tool', '__proto__'])('answers a call of %s with an error of the protocol', async (name) => {
    const api = await localApi();
    const call = { ...list, method: 'tools/call', params: { name, arguments: {} } };
    expect(await (await send(api, call)).text()).toMatch(/"error":\{"code":-32602/);
  });
});

describe('POST /v1/tool-requests/{id}/cancel', () => {
  it('cancels a request under way, leaves one that has ended, and knows no other', async () => {
    const api = await localApi();
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

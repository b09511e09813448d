import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createGuardedHttp } from '../../../activities/http/guarded-fetch.ts';
import { callWebhook, type WebhookCall } from '../../../activities/webhook/call.ts';
import { countingServer } from '../../support/counting-server.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const signal = new AbortController().signal;

async function receiver(statuses: readonly number[]) {
  const left = [...statuses];
  const server = await countingServer((response) => response.writeHead(left.shift() ?? 200).end('{"ok":true}'));
  const { ledger } = await temporaryStore();
  const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
  const call: WebhookCall = {
    key: 'job-1/hook/1',
    jobId: 'job-1',
    url: `${server.origin}/hook`,
    method: 'POST',
    headers: { 'x-own': 'value', 'idempotency-key': 'may not be replaced', 'lodestone-signature': 'nor this' },
    body: JSON.stringify({ name: 'Zoë' }),
    secret: 'a secret',
    timeoutSeconds: 10,
    permits: () => undefined,
  };
  const send = (parts: Partial<WebhookCall> = {}) => callWebhook({ http, ledger }, { ...call, ...parts }, signal);
  return { server, ledger, call, send };
}

describe('a webhook call', () => {
  it('A13: is signed over its time and body, so that a receiver can tell who sent it', async () => {
    const { server, send } = await receiver([200]);
    expect((await send()).response.bodyText).toBe('{"ok":true}');
    const headers = server.received[0]?.headers;
    const body = server.received[0]?.body ?? '';
    const timestamp = String(headers?.['lodestone-timestamp']);
    expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(60);
    const expected = createHmac('sha256', 'a secret').update(`${timestamp}.${body}`).digest('hex');
    expect(headers?.['lodestone-signature']).toBe(`v1=${expected}`);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-own': 'value' });
    expect(JSON.parse(body)).toEqual({ name: 'Zoë' });
  });

  it('is not signed without a secret', async () => {
    const { server, send } = await receiver([200]);
    await send({ secret: null, headers: {} });
    expect(Object.keys(server.received[0]?.headers ?? {})).not.toContain('lodestone-signature');
  });

  it('is repeated under the same idempotency key, and its row is done in the end', async () => {
    const { server, ledger, call, send } = await receiver([503, 200]);
    await expect(send()).rejects.toMatchObject({ type: 'receiver_unavailable', nonRetryable: false });
    expect(await ledger.find(call.key)).toMatchObject({ state: 'intended' });
    await send();
    expect(server.received.map(({ headers }) => headers['idempotency-key'])).toEqual([call.key, call.key]);
    expect(await ledger.find(call.key)).toMatchObject({ state: 'done', data: { status: 200 } });
  });

  it.each([400, 401, 403, 404, 410, 422, 304])('that is answered with %i is refused for good', async (status) => {
    const { send } = await receiver([status]);
    await expect(send()).rejects.toMatchObject({ type: 'receiver_refused', nonRetryable: true });
  });

  it.each([408, 409, 425, 429, 500, 502, 503])('that is answered with %i is tried again', async (status) => {
    const { send } = await receiver([status]);
    await expect(send()).rejects.toMatchObject({ type: 'receiver_unavailable', nonRetryable: false });
  });

  it('to a receiver that is not there, or too slow, is tried again', async () => {
    const { server, send } = await receiver([]);
    await server.close();
    await expect(send()).rejects.toMatchObject({ type: 'receiver_unavailable', nonRetryable: false });
    const silent = await countingServer(() => undefined);
    const { ledger } = await temporaryStore();
    const http = createGuardedHttp({ allowPrivateOrigins: [silent.origin] });
    const { call } = await receiver([]);
    const slow = callWebhook({ http, ledger }, { ...call, url: silent.origin, timeoutSeconds: 0.1 }, signal);
    await expect(slow).rejects.toMatchObject({ type: 'receiver_unavailable', nonRetryable: false });
  });

  it('to a forbidden address is refused for good, without a connection', async () => {
    const forbidden = await countingServer();
    const { send } = await receiver([]);
    const attempt = send({ url: forbidden.origin });
    await expect(attempt).rejects.toMatchObject({ type: 'egress_refused', nonRetryable: true });
    expect(forbidden.connections).toBe(0);
  });
});

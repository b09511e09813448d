import type { OutgoingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createGuardedHttp } from '../../../activities/http/guarded-fetch.ts';
import { callWebhook, type WebhookCall } from '../../../activities/webhook/call.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { signingSecret, verified } from '../../support/http/signed-webhooks.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const secret = signingSecret();
const signal = new AbortController().signal;

async function receiver(statuses: readonly number[], headers: OutgoingHttpHeaders = {}) {
  const left = [...statuses];
  const server = await countingServer((response) =>
    response.writeHead(left.shift() ?? 200, headers).end('{"ok":true}'),
  );
  const { ledger } = await temporaryStore();
  const http = createGuardedHttp({ allowPrivateOrigins: [server.origin] });
  const call: WebhookCall = {
    key: 'job-1/hook/1',
    jobId: 'job-1',
    url: `${server.origin}/hook`,
    method: 'POST',
    headers: { 'x-own': 'value', 'Idempotency-Key': 'may not be replaced', 'Webhook-Signature': 'nor this' },
    body: JSON.stringify({ name: 'Zoë' }),
    secret,
    timeoutSeconds: 10,
    permits: () => undefined,
  };
  const send = (parts: Partial<WebhookCall> = {}) => callWebhook({ http, ledger }, { ...call, ...parts }, signal);
  return { server, ledger, call, send };
}

describe('a webhook call', () => {
  it('A13: is verified by the package of Standard Webhooks, and by it alone who knows the secret', async () => {
    const { server, send } = await receiver([200]);
    expect((await send()).response.bodyText).toBe('{"ok":true}');
    const [received] = server.received;
    expect(verified(secret, received)).toMatchObject({ 'content-type': 'application/json', 'x-own': 'value' });
    expect(JSON.parse(received?.body ?? '')).toEqual({ name: 'Zoë' });
    expect(() => verified(signingSecret(), received)).toThrow('No matching signature');
  });

  it('A13: with two secrets is verified by either, so that one can replace the other', async () => {
    const { server, send } = await receiver([200]);
    const old = signingSecret();
    await send({ secret: `${secret} ${old}` });
    for (const known of [secret, old]) expect(() => verified(known, server.received[0])).not.toThrow();
    expect(() => verified(signingSecret(), server.received[0])).toThrow('No matching signature');
  });

  it('A13: without a body, or with one that is signed in a thread, is verified too', async () => {
    const { server, send } = await receiver([200, 200]);
    await send({ method: 'GET', body: null });
    await send({ body: JSON.stringify({ text: 'é'.repeat(600_000) }) });
    for (const received of server.received) expect(() => verified(secret, received)).not.toThrow();
  });

  it('is not signed without a secret, and sends its id all the same', async () => {
    const { server, send, call } = await receiver([200]);
    await send({ secret: null, headers: {} });
    const headers = server.received[0]?.headers ?? {};
    expect(Object.keys(headers)).not.toContain('webhook-signature');
    expect(headers).toMatchObject({ 'webhook-id': call.key, 'idempotency-key': call.key });
  });

  it.each(['s3cret', 'whsec_s3cret', 'whsec_c2hvcnQ=', '', `${secret} ${secret} ${secret}`, `${secret} s3cret`])(
    'with %j for a secret is refused for good, without a connection and without printing it',
    async (wrong) => {
      const { server, send } = await receiver([]);
      const error: unknown = await send({ secret: wrong }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ type: 'step_definition', nonRetryable: true });
      expect(String(error)).toContain('the secret that the webhook is signed with');
      expect(String(error)).not.toContain('s3cret');
      expect(server.connections).toBe(0);
    },
  );

  it('is repeated under the same id with a time of its own, and its row is done in the end', async () => {
    const { server, ledger, call, send } = await receiver([503, 200]);
    await expect(send()).rejects.toMatchObject({ type: 'receiver_unavailable', nonRetryable: false });
    expect(await ledger.find(call.key)).toMatchObject({ state: 'intended' });
    await send();
    const attempts = server.received.map((received) => verified(secret, received));
    expect(attempts.map((headers) => headers['webhook-id'])).toEqual([call.key, call.key]);
    expect(attempts.map((headers) => headers['idempotency-key'])).toEqual([call.key, call.key]);
    expect(await ledger.find(call.key)).toMatchObject({ state: 'done', data: { status: 200 } });
  });

  it.each([
    ['5', 5000],
    ['0', 1000],
    ['86400', 3_600_000],
    ['Fri, 31 Dec 1999 23:59:59 GMT', undefined],
    ['soon', undefined],
  ])('whose receiver says retry-after %s waits for that, within bounds', async (text, milliseconds) => {
    const { send } = await receiver([429], { 'retry-after': text });
    await expect(send()).rejects.toMatchObject({ type: 'receiver_unavailable', nextRetryDelay: milliseconds });
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

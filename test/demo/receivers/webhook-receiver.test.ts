import { afterEach, describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { startWebhookReceiver, type WebhookReceiver } from '../../../demo/receivers/webhook-receiver.ts';
import { signingSecret } from '../../support/http/signed-webhooks.ts';

const secret = signingSecret();
let receiver: WebhookReceiver;

afterEach(() => receiver.close());

interface Sent {
  readonly key?: string;
  readonly body?: string;
  readonly signedBody?: string;
  readonly secret?: string;
  readonly ageSeconds?: number;
}

async function deliver({ key = 'job-1', body = '{"ok":true}', ageSeconds = 0, ...signed }: Sent): Promise<number> {
  const at = new Date(Date.now() - ageSeconds * 1000);
  const headers = {
    'webhook-id': key,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(signed.secret ?? secret).sign(key, at, signed.signedBody ?? body),
  };
  const response = await fetch(receiver.url, { method: 'POST', headers, body });
  await response.body?.cancel();
  return response.status;
}

describe('the webhook receiver', () => {
  it('takes a signed delivery, and hands it to who waits for it', async () => {
    receiver = await startWebhookReceiver({ secret });
    const awaited = receiver.waitForDelivery(({ body }) => body.includes('job'), AbortSignal.timeout(5_000));
    expect(await deliver({ body: '{"job":"é"}' })).toBe(200);
    expect(await awaited).toMatchObject({ id: 'job-1', body: '{"job":"é"}', outcome: 'accepted' });
  });

  it.each([
    ['another secret', { secret: signingSecret() }],
    ['a body that was changed', { signedBody: '{"ok":false}' }],
    ['an old timestamp', { ageSeconds: 320 }],
    ['a timestamp from the future', { ageSeconds: -320 }],
    ['no id', { key: '' }],
  ])('refuses a delivery with %s', async (_what, sent) => {
    receiver = await startWebhookReceiver({ secret });
    expect(await deliver(sent)).toBe(401);
    expect(receiver.deliveries).toMatchObject([{ outcome: 'refused' }]);
  });

  it('refuses a delivery without any signature', async () => {
    receiver = await startWebhookReceiver({ secret });
    const response = await fetch(receiver.url, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ outcome: 'refused' });
  });

  it('recognises a repeat by its id', async () => {
    receiver = await startWebhookReceiver({ secret });
    expect([await deliver({}), await deliver({}), await deliver({ key: 'job-2' })]).toEqual([200, 200, 200]);
    expect(receiver.deliveries.map(({ outcome }) => outcome)).toEqual(['accepted', 'duplicate', 'accepted']);
  });

  it('fails on command, and does not count what it failed as taken', async () => {
    receiver = await startWebhookReceiver({ secret, failFirst: 2 });
    expect([await deliver({}), await deliver({}), await deliver({})]).toEqual([500, 500, 200]);
    expect(receiver.deliveries.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'accepted']);
  });

  it('stops waiting when its signal is aborted', async () => {
    receiver = await startWebhookReceiver({ secret });
    const stop = new AbortController();
    const awaited = receiver.waitForDelivery(() => true, stop.signal);
    stop.abort();
    await expect(awaited).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('lists what came on a page, as text', async () => {
    receiver = await startWebhookReceiver({ secret });
    await deliver({ body: '{"name":"<script>"}' });
    const page = await (await fetch(receiver.url)).text();
    expect(page).toContain('job-1');
    expect(page).toContain('&lt;script&gt;');
  });
});

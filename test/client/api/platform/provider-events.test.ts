/** Events of the model provider: signed webhooks in, rows of the store out. */
import { expect, test } from 'vitest';
import { runningBatch } from '../../../support/batches/batches.ts';
import { newWebhookSecret, signatureHeaders } from '../../../../demo/model-server/webhook.ts';
import { problemOf, testApi } from '../harness.ts';

const path = '/v1/provider-events';
const secret = newWebhookSecret();
const completed = { id: 'evt_1', object: 'event', type: 'response.completed', data: { id: 'resp_1' } };

async function configured() {
  const api = await testApi({ providerWebhookSecret: secret });
  /** Sends an event as the provider does; `headers` overrides what it would sign. */
  const report = (event: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const body = typeof event === 'string' ? event : JSON.stringify(event);
    return api.ask(path, { method: 'POST', body, headers: { ...signatureHeaders(secret, 'evt_1', body), ...headers } });
  };
  return { ...api, report, known: () => api.store.acrossTenants.providerEvents.unnamed(100) };
}

test.each(['completed', 'failed', 'incomplete', 'cancelled'])(
  'P16: an event that a response is %s is written down, and the same event again changes nothing',
  async (status) => {
    const { report, store } = await configured();
    const event = { ...completed, type: `response.${status}`, created_at: 1, news: { of: 'later' } };
    const first = await report(event);
    expect([first.status, await first.text()]).toEqual([204, '']);
    const at = await store.acrossTenants.providerEvents.newestAt();
    expect((await report(event)).status).toBe(204);
    expect(await store.acrossTenants.providerEvents.ended(['resp_1', 'resp_2'])).toEqual(['resp_1']);
    expect(await store.acrossTenants.providerEvents.newestAt()).toBe(at);
  },
);

/** An economy batch `b` whose one item is with the provider's batch `batch_1`. */
async function economyBatch() {
  const api = await configured();
  const { providerBatches, batchPartitions } = api.store;
  await runningBatch(api.store, 'b', 1, {}, 'economy');
  const key = await providerBatches.begin('b');
  const now = Date.now();
  const [item] = await providerBatches.take(key, { until: 1, now, count: 1 });
  await batchPartitions.admit(key, { position: item?.position ?? 0, worstNano: 1, limiter: null, now });
  const { number } = await providerBatches.add(key, now);
  await providerBatches.submitted(key, number, 'batch_1');
  return { ...api, end: () => providerBatches.change(key, number, { state: 'ended' }) };
}

test.each(['completed', 'failed', 'expired', 'cancelled'])(
  'P28: an event that a batch of the provider is %s wakes the batch that waits for it, and no other',
  async (status) => {
    const { report, batches, end, known } = await economyBatch();
    const event = (id: string) => ({ type: `batch.${status}`, data: { id } });
    expect((await report(event('batch_of_somebody_else'))).status).toBe(204);
    expect(batches.woken).toEqual([]);
    expect((await report(event('batch_1'))).status).toBe(204);
    expect(batches.woken).toEqual(['b']);
    // After its answers are stored, no batch waits for it.
    await end();
    expect((await report(event('batch_1'))).status).toBe(204);
    expect(batches.woken).toEqual(['b']);
    expect(await known()).toEqual([]);
  },
);

test('P28: an event that cannot be handed on while Temporal is away is refused, so that the provider sends it again', async () => {
  const { report, batches } = await economyBatch();
  const event = { type: 'batch.completed', data: { id: 'batch_1' } };
  batches.reachable = false;
  expect(await problemOf(await report(event))).toMatchObject({ status: 503, type: '/problems/temporal-unreachable' });
  batches.reachable = true;
  expect((await report(event)).status).toBe(204);
  expect(batches.woken).toEqual(['b']);
});

test('events of other kinds are taken and ignored', async () => {
  const { report, known } = await configured();
  const others = [
    { type: 'batch.in_progress', data: { id: 'batch_1' } },
    { type: 'realtime.call.incoming', data: { call_id: 'rtc_1' } },
    { type: 'response.thought_of', data: { id: 'resp_1' } },
    { type: 'news' },
  ];
  for (const event of others) expect((await report(event)).status).toBe(204);
  expect(await known()).toEqual([]);
});

test('an event whose signature is wrong, old, early or missing is refused, and nothing is stored', async () => {
  const { ask, report, known } = await configured();
  const body = JSON.stringify(completed);
  const seconds = Math.floor(Date.now() / 1000);
  const refused = [
    report(completed, signatureHeaders(newWebhookSecret(), 'evt_1', body)),
    report(completed, signatureHeaders(secret, 'evt_1', JSON.stringify({ ...completed, data: { id: 'resp_2' } }))),
    report(completed, { 'webhook-id': 'evt_2' }),
    report(completed, { 'webhook-signature': 'v1,bm90IGEgc2lnbmF0dXJl' }),
    report(completed, signatureHeaders(secret, 'evt_1', body, seconds - 600)),
    report(completed, signatureHeaders(secret, 'evt_1', body, seconds + 600)),
    report(completed, { 'webhook-timestamp': 'now' }),
  ];
  for (const answer of await Promise.all(refused)) {
    expect(await problemOf(answer)).toMatchObject({ status: 401, type: '/problems/wrong-signature' });
  }
  expect((await ask(path, { method: 'POST', body })).status).toBe(401);
  expect(await known()).toEqual([]);
});

test('a body that is signed and no event is refused', async () => {
  const { report, known } = await configured();
  for (const body of ['{', '[]', '"news"', { ...completed, data: {} }, { ...completed, data: { id: '' } }]) {
    expect((await report(body)).status).toBe(400);
  }
  expect(await known()).toEqual([]);
});

test('a body that is far too large for an event is refused', async () => {
  const { report, known } = await configured();
  expect((await report({ ...completed, padding: 'x'.repeat(20_000) })).status).toBe(413);
  expect(await known()).toEqual([]);
});

test('without a secret no event is taken, and the answer says what to set', async () => {
  const { post, store } = await testApi();
  const problem = await problemOf(await post(path, completed, signatureHeaders(secret, 'evt_1', '{}')));
  expect(problem).toMatchObject({ status: 501, type: '/problems/not-configured' });
  expect(problem.detail).toContain('LODESTONE_PROVIDER_WEBHOOK_SECRET');
  expect(await store.acrossTenants.providerEvents.newestAt()).toBeNull();
});

test("a page of another site cannot send events in a visitor's browser", async () => {
  const { report } = await configured();
  expect((await report(completed, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
});

/** From the provider to the store: the model server sends events to the real API over HTTP, and the API stores them. */
import type { TestStore } from '../support/temporary-store.ts';
import OpenAI from 'openai';
import { expect, onTestFinished, test } from 'vitest';
import { startModelServer, type ModelServer } from '../../demo/model-server/server.ts';
import { newWebhookSecret } from '../../demo/model-server/webhook.ts';
import { freePorts } from '../../demo/run/free-ports.ts';
import { serveApp, testApi } from '../client/api/harness.ts';

const model = 'gpt-5.4-mini';
const usage = { modelCalls: 1, inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, costUsd: 0 };

interface Parts {
  readonly store: TestStore;
  readonly provider: ModelServer;
  /** Begins a background response at the provider; its id. */
  readonly begin: () => Promise<string>;
  /** Starts the API, which is down until then. */
  readonly serve: () => Promise<unknown>;
}

async function parts(): Promise<Parts> {
  const [port = 0] = await freePorts(1);
  const secret = newWebhookSecret();
  const { app, store } = await testApi({ providerWebhookSecret: secret });
  const provider = await startModelServer({
    brain: { answer: () => ({ kind: 'text', text: 'Thought.' }) },
    webhook: { url: `http://127.0.0.1:${port}/v1/provider-events`, secret },
  });
  onTestFinished(() => provider.close());
  const client = new OpenAI({ apiKey: 'any', baseURL: provider.url, maxRetries: 0 });
  return {
    store,
    provider,
    begin: async () => (await client.responses.create({ model, input: 'Think', background: true })).id,
    serve: () => serveApp(app, port),
  };
}

const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });

test('P16: the end of a response whose id nobody has stored is known by its event', async () => {
  const { store, begin, serve } = await parts();
  await serve();
  const id = await begin();
  await eventually(() => store.acrossTenants.providerEvents.unnamed(10)).toEqual([id]);
  // The id arrives after its event, as from a slow worker: there is nothing left to find out.
  await store.modelCalls.record({ responseId: id, key: 'k', jobId: 'j', stepId: 's', model, usage });
  expect(await store.acrossTenants.providerEvents.unnamed(10)).toEqual([]);
  expect(await store.acrossTenants.providerEvents.ended([id])).toEqual([id]);
});

test('P16: events that come while the API is down come again when it is up', async () => {
  const { store, provider, begin, serve } = await parts();
  const id = await begin();
  await eventually(() => provider.events?.refused).toBeGreaterThan(0);
  await serve();
  await eventually(() => provider.events?.delivered).toBe(1);
  expect(await store.acrossTenants.providerEvents.ended([id])).toEqual([id]);
});

test('P16: an event that comes twice, or late, is one event; one that is lost harms no other', async () => {
  const { store, provider, begin, serve } = await parts();
  await serve();
  provider.injectFault({ kind: 'event_lost' });
  provider.injectFault({ kind: 'event_repeated' });
  provider.injectFault({ kind: 'event_late', retryAfterSeconds: 0.05 });
  const [lost, repeated, late] = [await begin(), await begin(), await begin()];
  await eventually(() => provider.events).toEqual({ delivered: 3, refused: 0, givenUp: 0, lost: 1 });
  expect((await store.acrossTenants.providerEvents.ended([lost, repeated, late])).toSorted()).toEqual(
    [repeated, late].toSorted(),
  );
});

test("P16: the response of another user of the provider's project is set aside, and answers no call of ours", async () => {
  const { store, begin, serve } = await parts();
  await serve();
  const [ours, foreign] = [await begin(), await begin()];
  await eventually(() => store.acrossTenants.providerEvents.unnamed(10)).toHaveLength(2);
  await store.acrossTenants.providerEvents.name(foreign, null);
  await store.acrossTenants.providerEvents.name(ours, 'call-a');
  expect(await store.acrossTenants.providerEvents.unnamed(10)).toEqual([]);
  expect(await store.acrossTenants.providerEvents.responseTo('call-a')).toBe(ours);
});

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ScriptLine } from '../../../demo/model-server/brains/scripted-brain.ts';
import type { ModelServerOptions } from '../../../demo/model-server/server.ts';
import { newWebhookSecret } from '../../../demo/model-server/webhook.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { HeldTime, model, start, textAnswer, type Harness } from './harness.ts';

const secret = newWebhookSecret();
const EventSchema = z.object({ id: z.string(), type: z.string(), data: z.object({ id: z.string() }) });
type Event = z.infer<typeof EventSchema>;

/** A model server with an endpoint, which refuses the first events on request. */
async function reported(
  script: readonly ScriptLine[],
  { refuse = 0, ...options }: Partial<ModelServerOptions> & { readonly refuse?: number } = {},
) {
  let refusals = refuse;
  const { origin: url, received } = await countingServer((response) => {
    response.writeHead(refusals > 0 ? 503 : 204).end();
    refusals -= 1;
  });
  const harness = await start(script, { webhook: { url, secret }, ...options });
  /** All that came, checked as the openai package does it. */
  const events = (): Promise<readonly Event[]> =>
    Promise.all(
      received.map(async ({ body, headers }) => {
        return EventSchema.parse(await harness.client.webhooks.unwrap(body, headers, secret));
      }),
    );
  return { ...harness, events };
}

const begin = ({ client }: Harness) => client.responses.create({ model, input: 'Think', background: true });

describe('a webhook', () => {
  it('gets one signed event of a background response that completed, and of no other', async () => {
    const world = await reported([textAnswer('At once.'), textAnswer('Later.')]);
    await world.client.responses.create({ model, input: 'Think' });
    const { id } = await begin(world);
    await expect.poll(() => world.server.events).toEqual({ delivered: 1, refused: 0, givenUp: 0, lost: 0 });
    expect(await world.events()).toMatchObject([{ type: 'response.completed', data: { id } }]);
  });

  it('gets events of responses that failed, were cut short or were cancelled', async () => {
    const world = await reported([textAnswer('…'), textAnswer('…')]);
    for (const kind of ['failed', 'incomplete'] as const) {
      world.server.injectFault({ kind });
      await begin(world);
      await expect.poll(async () => (await world.events()).at(-1)?.type).toBe(`response.${kind}`);
    }
    const held = await reported([], { wait: new HeldTime().wait });
    const { id } = await begin(held);
    await held.client.responses.cancel(id);
    await expect.poll(held.events).toMatchObject([{ type: 'response.cancelled', data: { id } }]);
  });

  it('that refuses gets the event again under the same id', async () => {
    const world = await reported([textAnswer('Done.')], { refuse: 2 });
    await begin(world);
    await expect.poll(() => world.server.events).toMatchObject({ delivered: 1, refused: 2 });
    expect(new Set((await world.events()).map(({ id }) => id)).size).toBe(1);
  });

  it('that nobody serves keeps no response from being answered', async () => {
    const world = await start([textAnswer('Done.')], { webhook: { url: 'http://127.0.0.1:1/', secret } });
    const { id } = await begin(world);
    await expect.poll(async () => (await world.client.responses.retrieve(id)).status).toBe('completed');
    await expect.poll(() => world.server.events?.refused).toBeGreaterThan(0);
  });

  it('hears nothing, twice or late on command, while faults of requests leave it alone', async () => {
    const world = await reported([textAnswer('1'), textAnswer('2'), textAnswer('3')]);
    world.server.injectFault({ kind: 'event_lost', match: { path: '/events/response.completed' } });
    world.server.injectFault({ kind: 'event_repeated' });
    world.server.injectFault({ kind: 'event_late', retryAfterSeconds: 0.01 });
    await begin(world);
    await expect.poll(() => world.server.events?.lost).toBe(1);
    const second = await begin(world);
    await expect.poll(async () => (await world.events()).map(({ data }) => data.id)).toEqual([second.id, second.id]);
    world.server.injectFault({ kind: 'server_error', match: { nth: 2 } });
    const third = await begin(world);
    await expect.poll(async () => (await world.events()).at(-1)?.data.id).toBe(third.id);
    await expect(world.client.responses.retrieve(third.id)).rejects.toMatchObject({ status: 500 });
  });
});

/** What a provider may send, and where a prompt may go, in both forms of API. */
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createOpenAiBatches } from '../../../activities/llm/openai-batches.ts';
import { createOpenAiModel } from '../../../activities/llm/openai-model.ts';
import type { Model } from '../../../activities/ports.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { chatModelAt, chatRequest } from '../../support/llm/chat.ts';

const openAiAt = (baseUrl: string): Model =>
  createOpenAiModel({ apiKey: 'a-key', baseUrl, prices: { 'glm-5.2': { input: 1, cachedInput: 1, output: 1 } } });
const forms: readonly (readonly [string, (baseUrl: string) => Model])[] = [
  ['chat completions', (baseUrl) => chatModelAt('local', baseUrl)],
  ["OpenAI's Responses API", openAiAt],
];

const streaming = (write: (response: ServerResponse) => void) =>
  countingServer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    write(response);
  });

describe.each(forms)('an answer of %s', (_name, modelAt) => {
  it.each([
    ['of very many lines', 'data: 1\n'.repeat(20_000), /more than 10000 lines/],
    ['of very many lines with carriage returns', 'data: 1\r\n'.repeat(20_000), /more than 10000 lines/],
    ['without an end', `data: ${'x'.repeat(2 ** 21)}`, /more than 524288 bytes/],
  ])('T14, T16: with an event %s is refused before it is parsed', async (_what, event, message) => {
    const server = await streaming((response) => response.end(`${event}\n\n`));
    await expect(modelAt(server.origin).create(chatRequest)).rejects.toMatchObject({
      type: 'model_answer',
      message: expect.stringMatching(message),
      details: ['perhaps_paid'],
    });
  });

  it('goes to no other address than the one that is set, and a redirect is not retried', async () => {
    const other = await countingServer();
    const server = await countingServer((response) => response.writeHead(307, { location: other.origin }).end());
    await expect(modelAt(server.origin).create(chatRequest)).rejects.toMatchObject({
      type: 'provider_request',
      nonRetryable: true,
      message: expect.stringContaining('307'),
    });
    expect(other.received).toEqual([]);
  });
});

it('T14: an answer of many small events leaves turns to other work', async () => {
  const chunk = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'a' } }] })}\n\n`;
  const end = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`;
  const body = chunk.repeat(5_000) + end;
  const server = await streaming((response) => response.end(body));
  let charactersAtTurn = 0;
  let characters = 0;
  let most = 0;
  const look = (): void => {
    most = Math.max(most, characters - charactersAtTurn);
    charactersAtTurn = characters;
    if (characters < 5_000) setImmediate(look);
  };
  setImmediate(look);
  const onReceived = (received: { readonly characters: number }): void => {
    characters = received.characters;
  };
  const answer = await chatModelAt('local', server.origin).create({ ...chatRequest, onReceived });
  expect(answer.text).toHaveLength(5_000);
  // What two parts of 4 KiB bring.
  expect(most).toBeLessThanOrEqual((2 * 4 * 1024) / chunk.length + 1);
});

it('a response that is fetched whole has a limit, too', async () => {
  const server = await countingServer((response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(`{"id":"${'x'.repeat(2 ** 21)}"}`);
  });
  const asked = openAiAt(server.origin).retrieve('r1', 'glm-5.2', new AbortController().signal);
  await expect(asked).rejects.toMatchObject({ type: 'model_answer' });
});

it('a file of a batch goes to no other address either', async () => {
  const other = await countingServer();
  const server = await countingServer((response) => response.writeHead(307, { location: other.origin }).end());
  const batches = createOpenAiBatches({ apiKey: 'a-key', baseUrl: server.origin, prices: {} });
  const found = batches.findBatch('key', new AbortController().signal);
  await expect(found).rejects.toMatchObject({ type: 'provider_request' });
  expect(other.received).toEqual([]);
});

describe('a request that its caller leaves', () => {
  it.each(['create', 'retrieve'] as const)('throws the reason of its caller (%s)', async (method) => {
    const arrived = Promise.withResolvers<void>();
    const server = await countingServer(() => arrived.resolve());
    const model = openAiAt(server.origin);
    const leaving = new AbortController();
    const { signal } = leaving;
    const asked = method === 'create' ? model.create(chatRequest, signal) : model.retrieve('r1', 'glm-5.2', signal);
    await Promise.all([
      expect(asked).rejects.toThrow('the time is up'),
      arrived.promise.then(() => leaving.abort(new Error('the time is up'))),
    ]);
  });
});

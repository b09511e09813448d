/** How many connections calls of models take: counted at the provider's end. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createOpenAiModel } from '../../../activities/llm/openai-model.ts';
import type { Model } from '../../../activities/ports.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { chatModelAt, chatRequest } from '../../support/llm/chat.ts';

const whole = (status: string) => ({
  id: 'resp_1',
  status,
  model: 'gpt-5.5',
  output: [],
  usage: { input_tokens: 1, output_tokens: 1, input_tokens_details: { cached_tokens: 0 } },
});

function streamed(response: ServerResponse, events: readonly object[], last: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
  // The end comes apart from the last event, as over a network.
  setImmediate(() => response.end(last));
}

const responses = (response: ServerResponse): void =>
  streamed(
    response,
    [
      { type: 'response.created', response: whole('in_progress') },
      { type: 'response.completed', response: whole('completed') },
    ],
    '',
  );
const completions = (response: ServerResponse): void =>
  streamed(
    response,
    [
      { choices: [{ index: 0, delta: { content: 'a' } }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    ],
    'data: [DONE]\n\n',
  );

const openAiAt = (baseUrl: string): Model =>
  createOpenAiModel({ apiKey: 'a-key', baseUrl, prices: { 'glm-5.2': { input: 1, cachedInput: 1, output: 1 } } });

it.each([
  ["OpenAI's Responses API", openAiAt, responses],
  ['chat completions', (baseUrl: string) => chatModelAt('local', baseUrl), completions],
] as const)('L11: ten calls of %s after one another use two connections at most', async (_name, modelAt, answer) => {
  const server = await countingServer(answer);
  const model = modelAt(server.origin);
  let ends = 0;
  const count = (): void => void (ends += 1);
  subscribe('undici:request:trailers', count);
  onTestFinished(() => void unsubscribe('undici:request:trailers', count));
  for (let call = 1; call <= 10; call += 1) {
    const { stream } = await model.create(chatRequest);
    await stream?.ended;
    stream?.close();
    // The connection is free once the end of the stream was read.
    await vi.waitFor(() => expect(ends).toBe(call));
  }
  expect(server.connections).toBeLessThanOrEqual(2);
});

it('L10: a hundred answers that are looked up at once use 20 connections', async () => {
  const server = await countingServer((response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    setTimeout(() => response.end(JSON.stringify(whole('completed'))), 10);
  });
  const model = openAiAt(server.origin);
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 100 }, () => model.retrieve('resp_1', 'glm-5.2', signal)));
  expect(server.received).toHaveLength(100);
  expect(server.connections).toBe(20);
});

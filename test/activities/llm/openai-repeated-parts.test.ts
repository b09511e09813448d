/** What OpenAI's API repeats of a request in each of its responses, which has to be read with them. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOpenAiModel } from '../../../activities/llm/openai-model.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { chatRequest } from '../../support/llm/chat.ts';

const prices = { 'glm-5.2': { input: 1, cachedInput: 1, output: 1 } };
const text = 'a'.repeat(300_000);
const output = [{ type: 'message', content: [{ type: 'output_text', text }] }];

/** Answers as OpenAI does, with all of the request but its input. */
async function repeating() {
  let whole = '';
  return countingServer((response, { method, body }) => {
    if (method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
      return;
    }
    const { input: _, ...repeated } = z.looseObject({ input: z.unknown() }).parse(JSON.parse(body));
    const begun = { ...repeated, id: 'r1', status: 'in_progress', output: [] };
    whole = JSON.stringify({ ...begun, status: 'completed', output });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify({ type: 'response.created', response: begun })}\n\n`);
    response.end(`data: {"type":"response.completed","response":${whole}}\n\n`);
  });
}

describe('a request with long instructions', () => {
  it('is answered by a response that can be read, also by its id', async () => {
    const server = await repeating();
    const model = createOpenAiModel({ apiKey: 'a-key', baseUrl: server.origin, prices });
    const begun = await model.create({ ...chatRequest, instructions: 'é'.repeat(190_000) });
    expect(begun.id).toBe('r1');
    const ended = (await begun.stream?.ended) ?? (await model.retrieve('r1', 'glm-5.2', new AbortController().signal));
    expect(ended.text).toBe(text);
  });

  it.each([true, false])(
    'is refused before it is paid when it is too long to be read (background: %s)',
    async (background) => {
      const server = await repeating();
      const model = createOpenAiModel({ apiKey: 'a-key', baseUrl: server.origin, prices, background });
      await expect(model.create({ ...chatRequest, instructions: 'é'.repeat(270_000) })).rejects.toMatchObject({
        type: 'provider_request',
        nonRetryable: true,
        message: expect.stringContaining('393216 at most'),
      });
      expect(server.received).toEqual([]);
    },
  );

  it('may have as long an input as ever', async () => {
    const server = await repeating();
    const model = createOpenAiModel({ apiKey: 'a-key', baseUrl: server.origin, prices });
    const input = [{ type: 'text' as const, text: 'é'.repeat(2 ** 20) }];
    expect((await model.create({ ...chatRequest, input })).id).toBe('r1');
  });
});

import { APIConnectionError } from 'openai';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import { describe, expect, it } from 'vitest';
import { model, refusalOf, start, textAnswer } from './harness.ts';

const messages = [{ role: 'user' as const, content: 'Hello' }];

async function streamed(client: Awaited<ReturnType<typeof start>>['client']) {
  const stream = await client.chat.completions.create({
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks: ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

describe('chat completions of the model server', () => {
  it('answer a conversation as a whole', async () => {
    const { client, brain } = await start([textAnswer('Hello.')]);
    const completion = await client.chat.completions.create({
      model,
      messages: [{ role: 'system', content: 'Be brief' }, ...messages],
    });
    expect(completion.choices).toMatchObject([{ message: { content: 'Hello.' }, finish_reason: 'stop' }]);
    expect(completion.usage?.completion_tokens).toBeGreaterThan(0);
    expect(brain.turns).toMatchObject([{ instructions: 'Be brief', texts: ['Hello'] }]);
  });

  it('stream the same answer in chunks, and the usage with the last', async () => {
    const { client, server } = await start([textAnswer('A long answer that needs more than a chunk.')]);
    const chunks = await streamed(client);
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect(text).toBe('A long answer that needs more than a chunk.');
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)?.usage?.total_tokens).toBeGreaterThan(0);
    expect(server.journal.counters().paidCreates).toBe(1);
  });

  it('have the faults of the Responses API', async () => {
    const { client, server } = await start([textAnswer('Lost.')]);
    server.injectFault({ kind: 'rate_limit' });
    expect(await refusalOf(streamed(client))).toMatchObject({ status: 429 });
    server.injectFault({ kind: 'incomplete' });
    expect((await streamed(client)).at(-2)?.choices[0]?.finish_reason).toBe('length');
    server.injectFault({ kind: 'reset' });
    await expect(streamed(client)).rejects.toBeInstanceOf(APIConnectionError);
  });

  it('refuse a model that is not known', async () => {
    const { client } = await start([]);
    const asked = client.chat.completions.create({ model: 'nonsense', messages });
    expect(await refusalOf(asked)).toMatchObject({ status: 404, code: 'model_not_found' });
  });
});

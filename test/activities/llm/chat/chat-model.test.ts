import { describe, expect, it } from 'vitest';
import { model as gpt, start, textAnswer } from '../../../demo/model-server/harness.ts';
import { chatModelAt, chatRequest } from '../../../support/llm/chat.ts';

const schema = {
  type: 'object',
  properties: { name: { type: 'string' } },
  required: ['name'],
  additionalProperties: false,
};

describe('a call of chat completions', () => {
  it('T03: brings the whole answer with its tokens and its price, and keeps none at the provider', async () => {
    const { server } = await start([textAnswer('Hello there.')]);
    const model = chatModelAt('glm', server.url);
    const response = await model.create(chatRequest);
    expect(response).toMatchObject({ status: 'completed', text: 'Hello there.', isKept: false, problem: null });
    expect(response.usage).toMatchObject({ modelCalls: 1 });
    const { inputTokens, outputTokens, costUsd } = response.usage;
    expect(costUsd).toBeCloseTo((inputTokens + outputTokens * 5) / 1e6);
    expect(model.keepsResponses?.('glm-5.2')).toBe(false);
  });

  it('T03: brings it in one piece from an endpoint that does not stream', async () => {
    const { server, brain } = await start([textAnswer('One.'), textAnswer('Two.'), textAnswer('Late.')]);
    const streamed = await chatModelAt('local', server.url).create(chatRequest);
    const plain = await chatModelAt('plain', server.url).create(chatRequest);
    expect(plain).toMatchObject({ status: 'completed', text: 'Two.', isKept: false, usage: streamed.usage });
    expect(brain.turns).toHaveLength(2);
    server.injectFault({ kind: 'hang' });
    const late = chatModelAt('plain', server.url).create({ ...chatRequest, timeoutMilliseconds: 200 });
    await expect(late).rejects.toThrow('did not answer');
  });

  it('continues a conversation with its earlier turns', async () => {
    const { server, brain } = await start([textAnswer('Better.')]);
    const earlier = [
      { type: 'text' as const, text: 'First' },
      { type: 'answer' as const, text: 'Bad' },
    ];
    await chatModelAt('glm', server.url).create({ ...chatRequest, previousResponseId: 'r1', earlier });
    expect(brain.turns[0]?.allTexts).toEqual(['First', 'Hello']);
  });

  it('asks for JSON with the schema in words where the mode has none', async () => {
    const { server, brain } = await start([textAnswer('{"name":"Ann"}')]);
    await chatModelAt('glm', server.url).create({ ...chatRequest, outputSchema: schema });
    expect(brain.turns[0]).toMatchObject({ outputSchema: schema });
    expect(brain.turns[0]?.instructions).toContain('"required":["name"]');
  });

  it('T23: searches the web as GLM does, by its tool', async () => {
    const { server, brain } = await start([textAnswer('Found.')]);
    await chatModelAt('glm', server.url).create({ ...chatRequest, webSearch: 'required' });
    expect(brain.turns[0]).toMatchObject({ instructions: expect.stringContaining('Search the web') });
    expect(server.journal.counters().paidCreates).toBe(1);
  });

  it('T23: searches the web as Kimi does, whose call is answered with its own arguments, and counts both calls', async () => {
    const { server } = await start([textAnswer('Searching.'), textAnswer('Found.')]);
    const response = await chatModelAt('kimi', server.url).create({ ...chatRequest, webSearch: 'allowed' });
    expect(response).toMatchObject({ status: 'completed', text: 'Found.', usage: { modelCalls: 2 } });
    expect(server.journal.counters().paidCreates).toBe(2);
  });

  it('T23: fails after a search as one that may have been paid', async () => {
    const { server } = await start([textAnswer('Searching.')]);
    server.injectFault({ kind: 'rate_limit', match: { nth: 2 } });
    const asked = chatModelAt('kimi', server.url).create({ ...chatRequest, webSearch: 'allowed' });
    await expect(asked).rejects.toMatchObject({ type: 'provider_rate_limit', details: ['perhaps_paid'] });
  });

  it.each([
    ['rate_limit', 'provider_rate_limit'],
    ['quota', 'provider_quota'],
    ['server_error', 'provider_unavailable'],
    ['reset', 'provider_unavailable'],
    ['truncated', 'provider_unavailable'],
    ['failed', 'provider_unavailable'],
  ] as const)('whose answer is spoilt (%s) fails with %s', async (kind, type) => {
    const { server } = await start([textAnswer('A long answer that needs more than a chunk.')]);
    server.injectFault({ kind });
    await expect(chatModelAt('local', server.url).create(chatRequest)).rejects.toMatchObject({ type });
  });

  it.each([
    ['hang', /did not answer within|sent nothing/],
    ['stall', /sent nothing for 0.15 s/],
  ] as const)('T02: whose provider does not go on (%s) ends at its limit', async (kind, message) => {
    const { server } = await start([textAnswer('A long answer that needs more than a chunk.')]);
    server.injectFault({ kind });
    const asked = chatModelAt('local', server.url).create({ ...chatRequest, timeoutMilliseconds: 300 });
    await expect(asked).rejects.toMatchObject({
      type: 'provider_unavailable',
      message: expect.stringMatching(message),
      details: ['perhaps_paid'],
    });
  });

  it.each([
    ['incomplete', { status: 'incomplete', problem: { message: 'max_output_tokens' } }],
    ['refusal', { status: 'completed', refusal: expect.stringContaining("can't help") }],
  ] as const)('that the model ends otherwise (%s) says so', async (kind, outcome) => {
    const { server } = await start([]);
    server.injectFault({ kind });
    expect(await chatModelAt('local', server.url).create(chatRequest)).toMatchObject(outcome);
  });

  it('refuses what this form cannot do, before anything is sent', async () => {
    const { server } = await start([]);
    const model = chatModelAt('local', server.url);
    const computer = { tool: 'computer' as const, width: 100, height: 100 };
    const type = 'step_definition';
    await expect(model.create({ ...chatRequest, computer })).rejects.toMatchObject({ type });
    await expect(model.create({ ...chatRequest, webSearch: 'required' })).rejects.toMatchObject({ type });
    await expect(model.create({ ...chatRequest, previousResponseId: 'r' })).rejects.toMatchObject({ type });
    await expect(model.create({ ...chatRequest, model: gpt })).rejects.toThrow('LODESTONE_PRICES');
    expect(server.journal.entries).toEqual([]);
  });
});

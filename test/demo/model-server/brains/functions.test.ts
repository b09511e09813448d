import type { FunctionTool } from 'openai/resources/responses/responses';
import { describe, expect, it } from 'vitest';
import { model, refusalOf, start, textAnswer } from '../harness.ts';

const weather: FunctionTool = {
  type: 'function',
  name: 'weather',
  parameters: { type: 'object', properties: { place: { type: 'string' } } },
  strict: false,
};

describe('a function call', () => {
  it('is answered by its output, which the brain hears', async () => {
    const { client, brain } = await start([
      { kind: 'functions', calls: [{ name: 'weather', arguments: { place: 'Oslo' } }] },
      textAnswer('It rains.'),
    ]);
    const asked = await client.responses.create({ model, input: 'How is Oslo?', tools: [weather] });
    const call = asked.output.find((item) => item.type === 'function_call');
    expect(call).toMatchObject({ name: 'weather', arguments: '{"place":"Oslo"}', status: 'completed' });
    const reported = await client.responses.create({
      model,
      previous_response_id: asked.id,
      input: [{ type: 'function_call_output', call_id: call?.call_id ?? '', output: 'rain' }],
    });
    expect(reported.output_text).toBe('It rains.');
    expect(brain.turns[1]?.texts).toEqual(['rain']);
  });

  it('that is left open is refused by its own words', async () => {
    const { client } = await start([{ kind: 'functions', calls: [{ name: 'weather', arguments: {} }] }]);
    const asked = await client.responses.create({ model, input: 'How is Oslo?', tools: [weather] });
    const refusal = await refusalOf(
      client.responses.create({ model, previous_response_id: asked.id, input: 'And Bergen?' }),
    );
    expect(refusal).toMatchObject({ status: 400, param: 'input' });
    expect(refusal['message']).toMatch(/^No tool output found for function call call_/);
  });

  it('streams its arguments in pieces', async () => {
    const { client } = await start([
      { kind: 'functions', calls: [{ name: 'weather', arguments: { place: 'Longyearbyen, Svalbard' } }] },
    ]);
    const stream = await client.responses.create({ model, input: 'Where?', tools: [weather], stream: true });
    let pieces = '';
    let whole = '';
    for await (const event of stream) {
      if (event.type === 'response.function_call_arguments.delta') pieces += event.delta;
      if (event.type === 'response.function_call_arguments.done') whole = event.arguments;
    }
    expect(pieces).toBe('{"place":"Longyearbyen, Svalbard"}');
    expect(whole).toBe(pieces);
  });
});

it('an answer that is cut says why', async () => {
  const { client } = await start([{ kind: 'incomplete', text: 'It was a dark and' }]);
  expect(await client.responses.create({ model, input: 'Tell me a story' })).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    output_text: 'It was a dark and',
  });
});

it('a path that is no URL is not found, and the server lives on', async () => {
  const { client, server } = await start([textAnswer('Still here.')]);
  for (const path of ['//', '/v1/responses/%zz']) {
    const headers = { authorization: 'Bearer a-key' };
    expect((await fetch(new URL(server.url).origin + path, { headers })).status, path).toBe(404);
  }
  expect((await client.responses.create({ model, input: 'Hello?' })).output_text).toBe('Still here.');
});

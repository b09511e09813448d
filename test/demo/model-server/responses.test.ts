import { describe, expect, it } from 'vitest';
import { callIn, clickThere, drawPng, HeldTime, model, refusalOf, shown, start, textAnswer } from './harness.ts';

const tools = [{ type: 'computer' as const }];

describe('a response', () => {
  it('answers a text with the text of the brain', async () => {
    const { client, brain } = await start([textAnswer('Good morning.')]);
    const response = await client.responses.create({ model, instructions: 'Be kind.', input: 'Hello' });
    expect(response).toMatchObject({ status: 'completed', output_text: 'Good morning.', previous_response_id: null });
    expect(brain.turns[0]).toMatchObject({ model, instructions: 'Be kind.', texts: ['Hello'], computerTool: null });
  });

  it('leaves idle connections open, as a provider does: none is ended under a request that is on its way', async () => {
    const { server } = await start([]);
    const { headers } = await fetch(`${server.url}/models`, { headers: { authorization: 'Bearer a-key' } });
    expect(headers.get('keep-alive'), 'how soon it would be ended').toBeNull();
  });

  it('is kept, listed with its input, and gone once it is deleted', async () => {
    const { client } = await start([textAnswer('Yes.')]);
    const { id } = await client.responses.create({ model, input: 'Are you there?' });
    expect((await client.responses.retrieve(id)).output_text).toBe('Yes.');
    const items = await client.responses.inputItems.list(id);
    expect(items.data).toMatchObject([{ type: 'message', role: 'user', content: [{ text: 'Are you there?' }] }]);
    await client.responses.delete(id);
    expect(await refusalOf(client.responses.retrieve(id))).toMatchObject({
      status: 404,
      message: `Response with id '${id}' not found.`,
    });
  });

  it('lists its input a page at a time, in the order that is asked for', async () => {
    const { client } = await start([textAnswer('Yes.')]);
    const input = ['one', 'two', 'three'].map((content) => ({ role: 'user' as const, content }));
    const { id } = await client.responses.create({ model, input });
    const found: unknown[] = [];
    for await (const item of client.responses.inputItems.list(id, { order: 'asc', limit: 2 })) found.push(item);
    expect(found).toMatchObject([
      { content: [{ text: 'one' }] },
      { content: [{ text: 'two' }] },
      { content: [{ text: 'three' }] },
    ]);
  });

  it('is not kept when store is false', async () => {
    const { client } = await start([textAnswer('Once.')]);
    const { id } = await client.responses.create({ model, input: 'Hello', store: false });
    expect(await refusalOf(client.responses.retrieve(id))).toMatchObject({ status: 404 });
    const child = client.responses.create({ model, input: 'And?', previous_response_id: id });
    expect(await refusalOf(child)).toMatchObject({ status: 400, code: 'previous_response_not_found' });
  });

  it('streams the same answer, event by event', async () => {
    const { client } = await start([textAnswer('A longer answer, in several pieces of text.')]);
    const stream = await client.responses.create({ model, input: 'Tell me', stream: true });
    const types: string[] = [];
    const numbers: number[] = [];
    let text = '';
    for await (const event of stream) {
      types.push(event.type);
      numbers.push(event.sequence_number);
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    expect(text).toBe('A longer answer, in several pieces of text.');
    expect(numbers).toEqual(types.map((_, index) => index));
    expect([types[0], types.at(-1)]).toEqual(['response.created', 'response.completed']);
  });

  it('is put together again by the stream helper of the openai package', async () => {
    const { client } = await start([clickThere]);
    const response = await client.responses.stream({ model, input: 'Click', tools }).finalResponse();
    expect(callIn(response).actions).toEqual(clickThere.actions);
  });

  it('has its text cut at max_output_tokens', async () => {
    const { client } = await start([textAnswer('many words '.repeat(40))]);
    const response = await client.responses.create({ model, input: 'Go', max_output_tokens: 16 });
    expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
    expect(response.usage?.output_tokens).toBe(16);
  });
});

describe('a background response', () => {
  it('goes from queued over in_progress to completed', async () => {
    const time = new HeldTime();
    const { client, server } = await start([textAnswer('At last.')], { wait: time.wait });
    const created = await client.responses.create({ model, input: 'Hello', background: true });
    expect(created).toMatchObject({ status: 'queued', background: true, output: [] });
    await time.letGo();
    expect(await client.responses.retrieve(created.id)).toMatchObject({ status: 'in_progress' });
    const stream = await client.responses.retrieve(created.id, { stream: true, starting_after: 1 });
    await time.letGo();
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect([types[0], types.at(-1)]).toEqual(['response.in_progress', 'response.completed']);
    expect(await client.responses.retrieve(created.id)).toMatchObject({ status: 'completed', output_text: 'At last.' });
    expect(server.journal.entries[0]).toMatchObject({ outcome: 'completed', responseId: created.id });
    expect(server.journal.counters()).toMatchObject({ paidCreates: 1, retrieves: 3 });
  });

  it('is cancelled for good, and costs nothing', async () => {
    const time = new HeldTime();
    const { client, server, brain } = await start([], { wait: time.wait });
    const { id } = await client.responses.create({ model, input: 'Hello', background: true });
    expect(await client.responses.cancel(id)).toMatchObject({ status: 'cancelled' });
    expect(await client.responses.cancel(id)).toMatchObject({ status: 'cancelled' });
    expect(await client.responses.retrieve(id)).toMatchObject({ status: 'cancelled', usage: null });
    expect(brain.turns).toEqual([]);
    expect(server.journal.counters().paidCreates).toBe(0);
  });

  it('cannot be gone on from before it has ended', async () => {
    const time = new HeldTime();
    const { client } = await start([], { wait: time.wait });
    const { id } = await client.responses.create({ model, input: 'Hello', background: true });
    const child = client.responses.create({ model, input: 'And?', previous_response_id: id });
    expect(await refusalOf(child)).toMatchObject({ status: 400, param: 'previous_response_id' });
  });

  it('alone can be cancelled', async () => {
    const { client } = await start([textAnswer('Done.')]);
    const { id } = await client.responses.create({ model, input: 'Hello' });
    expect(await refusalOf(client.responses.cancel(id))).toMatchObject({
      status: 400,
      message: 'Cannot cancel a synchronous response.',
    });
  });

  it('takes the time that it is set to', async () => {
    const waits: number[] = [];
    const wait = async (milliseconds: number): Promise<void> => {
      waits.push(milliseconds);
    };
    const { client, server } = await start([textAnswer('One.'), textAnswer('Two.')], {
      wait,
      latencyMilliseconds: 100,
    });
    await client.responses.create({ model, input: 'Hello' });
    server.setLatency(200);
    await client.responses.create({ model, input: 'Hello' });
    expect(waits).toEqual([25, 75, 50, 150]);
  });
});

describe('the tree of responses', () => {
  it('gives a child the memory and the texts of its parent, and the newest picture of its own', async () => {
    const { client, brain } = await start([clickThere, textAnswer('Seen.')]);
    const parent = await client.responses.create({ model, input: 'Click', instructions: 'Look.', tools });
    const output = shown(callIn(parent).call_id, drawPng(96, 32));
    const input = [output, { role: 'user' as const, content: 'Now?' }];
    await client.responses.create({ model, input, previous_response_id: parent.id, tools });
    expect(brain.turns[1]).toMatchObject({
      memory: 'clicked',
      instructions: null,
      texts: ['Now?'],
      allTexts: ['Click', 'Now?'],
      screenshot: { width: 96, height: 32 },
    });
  });

  it('makes a sibling of a request that is sent twice, and counts it as paid twice', async () => {
    const { client, server } = await start([clickThere, textAnswer('One.'), textAnswer('Two.')]);
    const parent = await client.responses.create({ model, input: 'Click', tools });
    const body = { model, input: [shown(callIn(parent).call_id)], previous_response_id: parent.id, tools };
    const first = await client.responses.create(body);
    const second = await client.responses.create(body);
    expect([first.output_text, second.output_text]).toEqual(['One.', 'Two.']);
    expect(server.journal.counters()).toEqual({
      paidCreates: 3,
      repeatedCreates: 1,
      retrieves: 0,
      effectsRequested: { click: 1 },
    });
    const entry = server.journal.entries[2];
    expect(entry).toMatchObject({
      previousResponseId: parent.id,
      answeredCallIds: [callIn(parent).call_id],
      httpStatus: 200,
    });
    expect(entry?.imageSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('counts pictures by patches, and what was sent before as cached', async () => {
    const { client } = await start([clickThere, textAnswer('Seen.')]);
    const parent = await client.responses.create({ model, input: 'Click', tools });
    const output = shown(callIn(parent).call_id, drawPng(1280, 800));
    const child = await client.responses.create({ model, input: [output], previous_response_id: parent.id });
    const cached = child.usage?.input_tokens_details.cached_tokens ?? 0;
    expect(cached).toBeGreaterThan(0);
    expect((child.usage?.input_tokens ?? 0) - cached).toBeGreaterThanOrEqual(1000);
    expect((child.usage?.input_tokens ?? 0) - cached).toBeLessThan(1020);
  });
});

/** JSON from strangers, in lines and in bodies: nothing of it is changed silently. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { problemOf, testApi, type Api } from '../harness.ts';

async function made({ post }: Api): Promise<string> {
  const answer = await post('/v1/batches', { name: 'ids', model: 'gpt-5.4-mini', prompt: 'Look up {{item.id}}' });
  return z.object({ id: z.string() }).parse(await answer.json()).id;
}

function send({ ask }: Api, id: string, body: string): Promise<Response> {
  return ask(`/v1/batches/${id}/items`, { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson' } });
}

test('an integer of 64 bits keeps its digits into the prompt, and the answer says that it is text now', async () => {
  const api = await testApi();
  const id = await made(api);
  const sent: unknown = await (await send(api, id, '{"id":9007199254740993}\n{"id":7}\n')).json();
  expect(sent).toMatchObject({
    added: 2,
    read: { delimiter: null, notes: [expect.stringMatching(/^Line 1: id .*text/)] },
  });
  const stored = await api.store.batchItems.page(id, { after: null, limit: 5 });
  expect(stored.map(({ item }) => item)).toEqual([{ id: '9007199254740993' }, { id: 7 }]);
  expect(await (await api.ask(`/v1/batches/${id}/preview`)).json()).toMatchObject({
    prompts: [{ prompt: 'Look up 9007199254740993' }, { prompt: 'Look up 7' }],
  });
  const [event] = await api.store.events.newest(id, 1);
  expect(event?.message).toContain('2 items were sent (utf-8)');
});

test('lines with what would be changed silently are refused, each with its line, its field and how to mend it', async () => {
  const api = await testApi();
  const id = await made(api);
  const lines = [
    '{"id":1e400}',
    String.raw`{"id":"a\u0000"}`,
    String.raw`{"id":"\udc00"}`,
    '{"id":1,"id":2}',
    '{"id":1,"__proto__":{"x":1}}',
    `{"id":${'['.repeat(100)}${']'.repeat(100)}}`,
    '{"id":1',
    '[1]',
  ];
  const { problems } = await problemOf(await send(api, id, lines.join('\n')));
  expect(problems).toEqual(
    [
      'id is 1e400, beyond the range of numbers (1.8e308); write it in quotes',
      'id has a NUL character; remove it',
      'id has half of a character (a lone surrogate); remove it or write it whole',
      'id is named twice; remove one',
      '__proto__ has a name that is not taken; rename it',
      'the object nests deeper than 64 levels; make it flatter',
      'is not a JSON object; write one object a line, as in {"name":"Ada"}',
      'is not a JSON object; write one object a line, as in {"name":"Ada"}',
    ].map((message, index) => ({ path: `line ${index + 1}`, message })),
  );
  expect(await api.store.batchItems.size(id)).toMatchObject({ items: 0 });
});

test('the same holds for JSON bodies and for the values of a form', async () => {
  const api = await testApi();
  const body = (text: string) =>
    api.ask('/v1/batches', { method: 'POST', body: text, headers: { 'content-type': 'application/json' } });
  const large = await problemOf(await body('{"name":"a","maxOutputTokens":9007199254740993}'));
  expect([large.status, large.problems]).toEqual([
    400,
    [{ path: 'maxOutputTokens', message: expect.stringContaining('write it in quotes') }],
  ]);
  expect((await problemOf(await body('{"name":"a","name":"b"}'))).detail).toBe('name is named twice; remove one');
  expect((await problemOf(await body('{"name":'))).detail).toContain('the body is not JSON');
  expect((await problemOf(await body('['.repeat(100_000)))).status).toBe(400);
});

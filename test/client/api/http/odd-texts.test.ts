/**
 * NUL and halves of characters from strangers: PostgreSQL refuses the first in a text, Unicode the second. Whatever names
 * them is refused with a reason or stored; no request ends as an error of the server, on either database.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { stringify } from 'yaml';
import { aiStep, smallForm } from '../../../support/definitions.ts';
import { problemOf, saveSmall, testApi, type Api } from '../harness.ts';
import { readDocument } from '../document-check.ts';

/** As JSON and YAML write them between quotes. */
const escapes = [String.raw`\u0000`, String.raw`\ud83d`, String.raw`\ude00`];

const sent = (type: string, body: string) => ({ method: 'POST', body, headers: { 'content-type': type } });
const sentForm = (values: Record<string, string>) =>
  sent('application/x-www-form-urlencoded', new URLSearchParams(values).toString());

test.each(escapes)('%s in the values of a form is refused with the field', async (escape) => {
  const { store, ask, temporal } = await testApi();
  await saveSmall(store);
  const body = `{"form":{"email":"ada@example.com","website":"https://example.com/${escape}"}}`;
  const refused = await ask('/v1/lead-magnets/test/submissions', sent('application/json', body));
  expect([refused.status, (await problemOf(refused)).problems]).toMatchObject([400, [{ path: 'form.website' }]]);
  expect(temporal.started).toEqual([]);
});

test.each(escapes)('%s in a definition is refused with its place, as JSON and as YAML', async (escape) => {
  const { store, ask } = await testApi();
  const definition = {
    slug: 'audit',
    name: 'Audit',
    form: smallForm,
    steps: [aiStep('look', { instructions: 'HERE' })],
  };
  const json = JSON.stringify(definition).replace('HERE', escape);
  const inJson = await problemOf(await ask('/v1/lead-magnets', sent('application/json', json)));
  expect([inJson.status, inJson.detail]).toEqual([400, expect.stringMatching(/^steps.*instructions has /)]);
  const yaml = stringify(definition, { defaultStringType: 'QUOTE_DOUBLE' });
  const asValue = await problemOf(
    await ask('/v1/lead-magnets', sent('application/yaml', yaml.replace('HERE', escape))),
  );
  expect([asValue.status, asValue.detail]).toEqual([400, expect.stringMatching(/^line \d+, column \d+: a text has /)]);
  const asKey = await problemOf(await ask('/v1/lead-magnets', sent('application/yaml', `${yaml}\n"${escape}": 1\n`)));
  expect([asKey.status, asKey.detail]).toEqual([400, expect.stringMatching(/^line \d+, column 1: a text has /)]);
  expect(await store.leadMagnets.list()).toEqual([]);
});

test.each(escapes)('%s in the items of a batch is refused with the line and the field', async (escape) => {
  const api = await testApi();
  const id = await createdBatch(api);
  const refused = await api.ask(`/v1/batches/${id}/items`, sent('application/x-ndjson', `{"word":"a${escape}"}`));
  expect([refused.status, (await problemOf(refused)).problems]).toMatchObject([422, [{ path: 'line 1' }]]);
});

test('a NUL in a hosted form is a problem beside its field; as its key it is the same submission again', async () => {
  const { store, ask, temporal } = await testApi();
  await saveSmall(store);
  const refused = await ask('/f/test', sentForm({ email: 'ada@example.com', website: 'https://example.com/\0' }));
  expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('NUL character')]);
  for (let times = 0; times < 2; times += 1) {
    expect((await ask('/f/test', sentForm({ _key: 'a\0b', email: 'ada@example.com' }))).status).toBe(200);
  }
  expect(temporal.started).toHaveLength(1);
});

test('a file that is called by a NUL and half of a character is kept under a name without them', async () => {
  const { store, ask, temporal } = await testApi();
  await saveSmall(store, { form: { fields: [...smallForm.fields, { id: 'logo', type: 'file', label: 'Logo' }] } });
  const boundary = '----boundary-of-27-or-more-letters';
  const parts = [
    `--${boundary}\r\ncontent-disposition: form-data; name="email"\r\n\r\nada@example.com\r\n`,
    `--${boundary}\r\ncontent-disposition: form-data; name="logo"; filename="a\0b\xed\xa0\xbd.png"\r\n`,
    `content-type: image/png\r\n\r\npicture\r\n--${boundary}--\r\n`,
  ];
  const response = await ask('/f/test', {
    method: 'POST',
    // Half of a character as CESU-8 has it.
    body: Buffer.from(parts.join(''), 'latin1'),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  });
  expect(response.status).toBe(200);
  const jobId = z.string().parse(temporal.started[0]);
  const [file] = (await store.jobViews.find(jobId))?.artifacts ?? [];
  expect(file?.name).toMatch(/^form\.logo\.a_b_?\.png$/);
  expect(await (await ask(`/v1/jobs/${jobId}/artifacts/${file?.name}`)).text()).toBe('picture');
});

test("a person's words with a NUL are stored", async () => {
  const api = await testApi();
  const id = await createdBatch(api);
  await api.ask(`/v1/batches/${id}/items`, sent('application/x-ndjson', '{"word":"a"}'));
  await api.post(`/v1/batches/${id}/start`, {});
  expect((await api.ask(`/batches/${id}/pause`, sentForm({ message: 'wait\0' }))).status).toBe(303);
  expect((await api.ask(`/batches/${id}`)).status).toBe(200);
  expect((await api.ask('/platform')).status).toBe(200);
});

/** Of each kind of parameter a value that a stranger may write and that no column holds. */
const odd = ['a%00b', '%ED%A0%BD', '9007199254740991', '-9007199254740991', '1e30'];

test.each(odd)('%s in the path or the query of any request is no error of the server', async (value) => {
  const api = await testApi();
  const jobId = await api.acceptedJob();
  const pages = [`/jobs/${value}`, `/batches/${value}`, `/f/${value}`, `/deliveries?to=${value}&job=${value}`];
  const requests = pages.map((path) => ({ method: 'get', path }));
  for (const [pattern, operations] of Object.entries((await readDocument(api.app)).paths)) {
    const pathOf = (id: string) => pattern.replace('{id}', id).replaceAll(/\{[^}]+\}/g, value);
    for (const method of Object.keys(operations)) {
      requests.push({ method, path: pathOf(value) }, { method, path: pathOf(jobId) });
    }
    if (operations['get'] === undefined) continue;
    for (const query of queries(value)) requests.push({ method: 'get', path: `${pathOf(jobId)}${query}` });
  }
  const errors: string[] = [];
  for (const { method, path } of requests) {
    const status = await statusOf(api, method, path);
    if (status === 500) errors.push(`${method} ${path}`);
  }
  expect(errors).toEqual([]);
});

function queries(value: string): string[] {
  const cursor = Buffer.from(JSON.stringify(['\0', '\ud83d', Number.MAX_SAFE_INTEGER])).toString('base64url');
  const names = ['job', 'slug', 'to', 'since', 'before', 'after', 'limit', 'state', 'status', 'kind'];
  return [...names.map((name) => `?${name}=${value}`), `?before=${cursor}`];
}

async function statusOf({ app }: Api, method: string, path: string): Promise<number> {
  const init = method === 'get' ? {} : sent('application/json', '{}');
  const from = { incoming: { socket: { remoteAddress: '203.0.113.9' } } };
  return (await app.request(path, { ...init, method: method.toUpperCase() }, from)).status;
}

async function createdBatch({ post }: Api): Promise<string> {
  const answer = await post('/v1/batches', { name: 'odd', model: 'gpt-5.4-mini', prompt: 'Say {{item.word}}' });
  return z.object({ id: z.string() }).parse(await answer.json()).id;
}

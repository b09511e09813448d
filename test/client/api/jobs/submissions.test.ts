/** Submitting a form over HTTP: what is taken in, what is refused, and what an outage of Temporal does. */
import pino from 'pino';
import { expect, test } from 'vitest';
import { startLeftOver } from '../../../../client/api/outbox.ts';
import { readAddressRanges } from '../../../../client/api/http/visitor.ts';
import { smallForm } from '../../../support/definitions.ts';
import { problemOf, saveSmall, testApi } from '../harness.ts';

const path = '/v1/lead-magnets/test/submissions';
const form = { email: 'ada@example.com', website: 'https://example.com/shop' };

test('A14: a submission is accepted with its job, its place, and a started workflow', async () => {
  const { store, post, temporal } = await testApi();
  await saveSmall(store);
  const response = await post(path, { form });
  expect(response.status).toBe(202);
  const job: unknown = await response.json();
  expect(job).toMatchObject({ state: 'accepted', leadMagnet: { slug: 'test', version: 1 }, steps: [{ id: 'look' }] });
  expect(temporal.started).toHaveLength(1);
  expect(job).toHaveProperty('id', temporal.started[0]);
  expect(response.headers.get('location')).toBe(`/v1/jobs/${temporal.started[0]}`);
});

test('the same Idempotency-Key is the same job, and with another submission a conflict', async () => {
  const { store, post, temporal } = await testApi();
  await saveSmall(store);
  const key = { 'idempotency-key': 'one' };
  const first = await post(path, { form }, key);
  const second = await post(path, { form }, key);
  expect(second.status).toBe(202);
  expect(second.headers.get('location')).toBe(first.headers.get('location'));
  expect(temporal.started).toHaveLength(1);
  expect((await post(path, { form: { email: 'eve@example.com' } }, key)).status).toBe(409);
  expect((await post(path, { form }, { 'idempotency-key': 'two' })).headers.get('location')).not.toBe(
    first.headers.get('location'),
  );
});

test('A15: every field that is wrong has its own problem', async () => {
  const { store, post, temporal } = await testApi();
  const fields = [
    ...smallForm.fields,
    { id: 'code', type: 'text', label: 'Code', pattern: '[A-Z]{3}', maxLength: 3 },
    { id: 'size', type: 'select', label: 'Size', options: ['small', 'large'] },
    { id: 'staff', type: 'number', label: 'Staff' },
    { id: 'terms', type: 'checkbox', label: 'Terms', required: true },
  ];
  await saveSmall(store, { form: { fields } });
  const wrong = { website: 'example', code: 'abc', size: 'huge', staff: 'many', terms: false, extra: 1 };
  const refused = await post(path, { form: wrong });
  expect(refused.status).toBe(422);
  const { problems } = await problemOf(refused);
  expect(problems.map((problem) => problem.path).sort()).toEqual(
    ['code', 'email', 'extra', 'size', 'staff', 'terms', 'website'].sort(),
  );
  expect(temporal.started).toEqual([]);
});

test('a body that is not the JSON that is asked for is answered 400', async () => {
  const { store, ask, post } = await testApi();
  await saveSmall(store);
  const headers = { 'content-type': 'application/json' };
  expect((await ask(path, { method: 'POST', body: '{', headers })).status).toBe(400);
  expect((await post(path, { fields: form })).status).toBe(400);
  expect((await post(path, { form }, { 'content-type': 'text/plain' })).status).toBe(415);
});

test.each([
  ['decimal', 'http://2130706433/'],
  ['IPv6-mapped', 'http://[::ffff:192.168.0.10]/'],
  ['link-local, where clouds keep their metadata', 'http://169.254.169.254/latest/meta-data/'],
  ['hexadecimal', 'http://0x7f.1/'],
  ['a local name', 'http://printer.local/'],
])('a private address in a url field is refused: %s', async (_, website) => {
  const { store, post, temporal } = await testApi();
  await saveSmall(store);
  const refused = await post(path, { form: { ...form, website } });
  expect(refused.status).toBe(422);
  expect((await problemOf(refused)).problems).toMatchObject([{ path: 'website' }]);
  expect(temporal.started).toEqual([]);
});

test('a private origin that the operator allows is taken, on that port only', async () => {
  const { store, post } = await testApi({ allowPrivateOrigins: ['http://127.0.0.1:4000'] });
  await saveSmall(store);
  expect((await post(path, { form: { ...form, website: 'http://127.0.0.1:4000/shop' } })).status).toBe(202);
  expect((await post(path, { form: { ...form, website: 'http://127.0.0.1:4001/' } })).status).toBe(422);
});

test('A15: the limit of submissions is by form and address, and a repeat of an accepted one does not count', async () => {
  const { store, ask } = await testApi();
  await saveSmall(store, { form: { ...smallForm, submissionsPerHour: 2 } });
  const send = (key: string, from: string) =>
    ask(path, {
      method: 'POST',
      body: JSON.stringify({ form }),
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      from,
    });
  expect((await send('a', '198.51.100.1')).status).toBe(202);
  expect((await send('b', '198.51.100.1')).status).toBe(202);
  const refused = await send('c', '198.51.100.1');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await send('a', '198.51.100.1')).status).toBe(202);
  expect((await send('d', '198.51.100.2')).status).toBe(202);
});

test('A15: behind a trusted proxy each visitor has a limit of their own, and nobody can write themselves another', async () => {
  const { store, ask } = await testApi({ trustedProxies: readAddressRanges('192.0.2.0/24') });
  await saveSmall(store, { form: { ...smallForm, submissionsPerHour: 1 } });
  const send = async (from: string, forwarded: string): Promise<number> => {
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': forwarded };
    return (await ask(path, { method: 'POST', body: JSON.stringify({ form }), headers, from })).status;
  };
  expect(await send('192.0.2.1', '198.51.100.1')).toBe(202);
  expect(await send('192.0.2.1', '198.51.100.2')).toBe(202);
  expect(await send('192.0.2.1', '203.0.113.77, 198.51.100.1')).toBe(429);
  expect(await send('203.0.113.5', '198.51.100.3')).toBe(202);
  expect(await send('203.0.113.5', '198.51.100.4')).toBe(429);
});

test('with Temporal away a submission is answered 503, kept, and started by the outbox later, once', async () => {
  const { store, post, ask, temporal } = await testApi();
  await saveSmall(store);
  temporal.reachable = false;
  const response = await post(path, { form }, { 'idempotency-key': 'kept' });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('15');
  const { jobId, detail } = await problemOf(response);
  expect(detail).toContain('does not answer');
  const waiting: unknown = await (await ask(`/v1/jobs/${jobId}`)).json();
  expect(waiting).toMatchObject({ state: 'accepted', note: expect.stringContaining('Temporal does not have it yet') });

  const outbox = { stores: store.stores, jobs: temporal, log: pino({ enabled: false }) };
  const later = new Date(Date.now() + 60_000);
  await startLeftOver(outbox, later);
  expect(temporal.started).toEqual([]);
  temporal.reachable = true;
  await startLeftOver(outbox, new Date());
  expect(temporal.started, 'a job this young is still with its own request').toEqual([]);
  await startLeftOver(outbox, later);
  await startLeftOver(outbox, later);
  expect(temporal.started).toEqual([jobId]);
  expect(await (await ask(`/v1/jobs/${jobId}`)).json()).toMatchObject({ note: expect.stringContaining('a worker') });
});

test('a job that cannot be started keeps no other from starting', async () => {
  const { store, post, temporal } = await testApi();
  await saveSmall(store);
  temporal.reachable = false;
  const first = await problemOf(await post(path, { form }));
  const second = await problemOf(await post(path, { form }));
  temporal.reachable = true;
  const began: string[] = [];
  temporal.onStart = async (jobId) => {
    if (jobId === first.jobId) throw new Error('broken');
    began.push(jobId);
  };
  const outbox = { stores: store.stores, jobs: temporal, log: pino({ enabled: false }) };
  await startLeftOver(outbox, new Date(Date.now() + 60_000));
  expect(began).toEqual([second.jobId]);
});

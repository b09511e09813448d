/** What a form's address may fill in, on its own page and in a frame. */
import { expect, test, vi } from 'vitest';
import { runInThread } from '../../../../../threads/run-in-thread.ts';
import { readDefinition } from '../../../../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { aiStep, smallForm } from '../../../../support/definitions.ts';
import { saveSmall, testApi } from '../../harness.ts';

vi.mock('../../../../../threads/run-in-thread.ts', { spy: true });

const fields = [
  { id: 'email', type: 'email', label: 'E-mail', required: true, prefill: true },
  { id: 'name', type: 'text', label: 'Name' },
  { id: 'note', type: 'textarea', label: 'Note', prefill: true, maxLength: 20 },
  { id: 'size', type: 'select', label: 'Size', options: ['small', 'large'], prefill: true },
  { id: 'utm_source', type: 'hidden', label: 'Source', prefill: true, pattern: '[a-z<>"/ ]+' },
];
const form = { fields, embedOrigins: ['https://www.customer.example'] };

async function pageOf(path: string, query: Readonly<Record<string, string>>): Promise<string> {
  const api = await testApi();
  await saveSmall(api.store, { form });
  const response = await api.ask(`${path}?${new URLSearchParams(query).toString()}`);
  expect(response.status).toBe(200);
  return response.text();
}

test.each(['/f/test', '/f/test/embed'])('%s is filled in by its address, where its fields allow that', async (path) => {
  const query = { email: ' ada@example.com ', name: 'Ada', note: 'Hello', size: 'large', utm_source: 'news' };
  const page = await pageOf(path, query);
  expect(page).toContain('value="ada@example.com"');
  expect(page).toMatch(/<textarea[^>]*>Hello<\/textarea>/);
  expect(page).toContain('<option selected>large</option>');
  expect(page).toContain('<input type="hidden" name="utm_source" value="news" />');
  expect(page).not.toContain('Ada"');
  expect(page).not.toContain('role="alert">Please');
});

test.each(['/f/test', '/f/test/embed'])('%s takes nothing that its fields would refuse, nor markup', async (path) => {
  const hostile = '"/><script>alert(1)</script>';
  const page = await pageOf(path, {
    email: 'nobody',
    note: 'x'.repeat(21),
    size: 'huge',
    utm_source: 'NEWS',
    _key: 'mine',
    _token: 'mine',
  });
  expect(page).toContain('name="utm_source" value=""');
  for (const text of ['nobody', 'xxxxx', 'huge', 'NEWS', 'mine']) expect(page).not.toContain(text);
  const markup = await pageOf(path, { utm_source: hostile.replaceAll(/[^a-z<>"/ ]/g, ''), note: '</textarea><b>' });
  expect(markup).toContain('value="&quot;/&gt;&lt;script&gt;alert&lt;/script&gt;"');
  expect(markup).toContain('&lt;/textarea&gt;&lt;b&gt;');
});

test.each(['/f/test', '/f/test/embed'])('A15: %s judges what takes a pattern long in a thread', async (path) => {
  const api = await testApi();
  const code = { id: 'code', type: 'textarea', label: 'Code', prefill: true, pattern: '[ab]*a[ab]{900}c?' };
  await saveSmall(api.store, { form: { ...form, fields: [code] } });
  const ask = async (text: string): Promise<string> => (await api.ask(`${path}?code=${text}`)).text();
  const threads = vi.mocked(runInThread).mock.calls;
  const before = threads.length;
  expect(await ask('a'.repeat(1500))).toMatch(/<textarea[^>]*>a{1500}<\/textarea>/);
  expect(await ask(`${'a'.repeat(1500)}d`)).toMatch(/<textarea[^>]*><\/textarea>/);
  expect(threads.length - before).toBe(2);
});

test('A15: what a hidden field holds is part of the submission, and stays when the form comes back', async () => {
  const api = await testApi();
  await saveSmall(api.store, { form });
  const send = (values: Record<string, string>): Promise<Response> =>
    api.ask('/f/test', {
      method: 'POST',
      body: new URLSearchParams(values).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const wrong = await (await send({ email: 'ada', utm_source: 'news' })).text();
  expect(wrong).toContain('name="utm_source" value="news"');
  expect((await send({ email: 'ada@example.com', utm_source: 'NEWS' })).status).toBe(422);
  // With Temporal away the job's input stays in the outbox, where it can be read.
  api.temporal.reachable = false;
  expect((await send({ email: 'ada@example.com', utm_source: 'news' })).status).toBe(200);
  const [kept] = await api.store.acrossTenants.jobsNotHandedOver(new Date(Date.now() + 60_000), 10);
  expect(kept?.input.form).toEqual({ email: 'ada@example.com', utm_source: 'news' });
});

test.each([
  [{ type: 'hidden' }, 'prefill', 'set it to true'],
  [{ type: 'hidden', prefill: true, required: true }, 'required', 'cannot be required'],
  [{ type: 'file', prefill: true }, 'prefill', 'cannot fill in a file'],
  [{ type: 'checkbox', prefill: true }, 'prefill', 'ticked by the visitor alone'],
])('a field that is %j is refused at its %s', (parts, place, problem) => {
  const definition = { slug: 'test', name: 'Test', steps: [aiStep('look')] };
  const field = { id: 'extra', label: 'Extra', ...parts };
  const { problems } = readDefinition({ ...definition, form: { fields: [...smallForm.fields, field] } });
  expect(problems).toEqual([{ path: `form.fields[2].${place}`, message: expect.stringContaining(problem) }]);
});

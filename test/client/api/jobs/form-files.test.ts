/** Files that come with a hosted form. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { testApi, problemOf, saveSmall } from '../harness.ts';

const form = { fields: [{ id: 'logo', type: 'file', label: 'Logo', required: true }] };

function body(content: string, name: string): FormData {
  const data = new FormData();
  data.set('_key', 'key-1');
  data.set('logo', new File([content], name, { type: 'image/svg+xml' }));
  return data;
}

test('A15: a file sent with the form is an artifact of the job, under a name that is no path', async () => {
  const api = await testApi();
  await saveSmall(api.store, { form });
  expect(await (await api.ask('/f/test')).text()).toContain('enctype="multipart/form-data"');
  const response = await api.ask('/f/test', { method: 'POST', body: body('<svg/>', '../../my logo.svg') });
  expect(response.status).toBe(200);
  const [jobId = ''] = api.temporal.started;
  const artifact = await api.ask(`/v1/jobs/${jobId}/artifacts/form.logo.my_logo.svg`);
  expect(artifact.status).toBe(200);
  expect(await artifact.text()).toBe('<svg/>');
  // The same key with another file is another submission.
  expect((await api.ask('/f/test', { method: 'POST', body: body('<svg>2</svg>', '../../my logo.svg') })).status).toBe(
    409,
  );
  expect(await (await api.ask(`/v1/jobs/${jobId}/artifacts/form.logo.my_logo.svg`)).text()).toBe('<svg/>');
});

test('A15: a required file that is missing is reported, and text in its place is refused', async () => {
  const api = await testApi();
  await saveSmall(api.store, { form });
  const empty = await api.ask('/f/test', { method: 'POST', body: body('', '') });
  expect(empty.status).toBe(422);
  const text = await api.ask('/v1/lead-magnets/test/submissions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ form: { logo: 'form.logo.other.svg' } }),
  });
  expect((await problemOf(text)).problems).toEqual([
    { path: 'logo', message: 'is a file: send it with the hosted form' },
  ]);
});

test('A15: a file of a submission that is not accepted gets no name, in which it would be kept for ever', async () => {
  const api = await testApi();
  await saveSmall(api.store, { form });
  const accepting = vi.spyOn(api.store, 'together').mockRejectedValueOnce(new Error('killed'));
  onTestFinished(() => accepting.mockRestore());
  expect((await api.ask('/f/test', { method: 'POST', body: body('<svg/>', 'logo.svg') })).status).toBe(500);
  const now = new Date(Date.now() + 2 * 24 * 3_600_000);
  const swept = [];
  for (const digit of '0123456789abcdef') {
    swept.push(await api.store.acrossTenants.contentSweep.sweep(digit, now, new AbortController().signal));
  }
  expect(swept.reduce((sum, { contents }) => sum + contents, 0)).toBe(1);
  expect((await api.ask('/f/test', { method: 'POST', body: body('<svg/>', 'logo.svg') })).status).toBe(200);
  const [jobId = ''] = api.temporal.started;
  expect(await (await api.ask(`/v1/jobs/${jobId}/artifacts/form.logo.logo.svg`)).text()).toBe('<svg/>');
});

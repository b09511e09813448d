/** The pages: forms that keep what was typed, nothing of a visitor's run as markup, and no inline scripts. */
import { expect, test } from 'vitest';
import { aiStep, smallForm } from '../../../support/definitions.ts';
import { endJob, saveSmall, testApi, type Api } from '../harness.ts';

const send = (api: Api, values: Record<string, string>, headers = {}): Promise<Response> =>
  api.ask('/f/test', {
    method: 'POST',
    body: new URLSearchParams(values).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });

function keyIn(page: string): string {
  return /name="_key" value="([^"]+)"/.exec(page)?.[1] ?? '';
}

test('A15: the hosted form sent right starts a job and thanks; sent twice it is one job', async () => {
  const api = await testApi();
  await saveSmall(api.store, { form: { ...smallForm, thankYou: 'Look into your mail.' } });
  const key = keyIn(await (await api.ask('/f/test')).text());
  const values = { _key: key, email: 'ada@example.com' };
  expect(key).toMatch(/^[0-9a-f-]{36}$/);
  const response = await send(api, values);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('Look into your mail.');
  expect((await send(api, values)).status).toBe(200);
  expect(api.temporal.started).toHaveLength(1);
  const changed = await send(api, { ...values, email: 'eve@example.com' });
  expect(changed.status).toBe(409);
  const page = await changed.text();
  expect(page).toContain('You have sent this form before');
  expect(keyIn(page)).not.toBe(key);
});

test('A15: a form sent wrong comes back with its problems beside its fields and what was typed in them', async () => {
  const api = await testApi();
  const fields = [...smallForm.fields, { id: 'size', type: 'radio', label: 'Size', options: ['small', 'large'] }];
  await saveSmall(api.store, { form: { fields } });
  const response = await send(api, { _key: 'mine', email: 'ada', website: 'http://169.254.169.254/', size: 'large' });
  expect(response.status).toBe(422);
  const page = await response.text();
  expect(page).toContain('Please look at 2 fields again.');
  expect(page).toContain('id="email-problem">This is not an e-mail address.<');
  expect(page).toMatch(/<input id="email"[^>]* value="ada"[^>]*aria-describedby="email-problem"\s+aria-invalid="true"/);
  expect(page).toContain('value="http://169.254.169.254/"');
  expect(page).toMatch(/value="large" checked/);
  expect(keyIn(page)).toBe('mine');
});

test('A15: a form may lead on to another site, and its policy lets it', async () => {
  const api = await testApi();
  await saveSmall(api.store, { form: { ...smallForm, redirectUrl: 'https://example.com/thanks' } });
  expect((await api.ask('/f/test')).headers.get('content-security-policy')).toContain(
    "form-action 'self' https://example.com",
  );
  const response = await send(api, { email: 'ada@example.com' });
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe('https://example.com/thanks');
});

test('A15: above the limit of an hour the form says so and keeps what was typed', async () => {
  const api = await testApi();
  await saveSmall(api.store, { form: { ...smallForm, submissionsPerHour: 1 } });
  await send(api, { email: 'ada@example.com' });
  const response = await send(api, { email: 'eve@example.com' });
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('3600');
  expect(await response.text()).toContain('value="eve@example.com"');
});

test('with Temporal away a visitor is thanked, for the submission is kept', async () => {
  const api = await testApi();
  await saveSmall(api.store);
  api.temporal.reachable = false;
  const response = await send(api, { email: 'ada@example.com' });
  expect(response.status).toBe(200);
  expect(await api.store.jobViews.list({ limit: 10 })).toMatchObject([{ state: 'accepted' }]);
});

test('what visitors, jobs and definitions say is text, never markup', async () => {
  const api = await testApi();
  const hostile = '"><script>alert(1)</script>';
  const escaped = '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;';
  const fields = [{ ...smallForm.fields[0], label: hostile, help: hostile, placeholder: hostile, type: 'text' }];
  const form = { fields: [...fields, { id: 'pick', type: 'select', label: 'Pick', options: [hostile] }] };
  const id = await api.acceptedJob({ name: hostile, form, steps: [aiStep('look', { title: hostile })] });
  await api.store.jobs.changeStep({
    jobId: id,
    stepId: 'look',
    generation: 1,
    sequence: 1,
    attempt: 1,
    note: hostile,
    at: new Date().toISOString(),
  });
  await api.store.events.append({ jobId: id, type: 'step.noted', message: hostile });
  const returned = await (await send(api, { _key: hostile, email: hostile, pick: 'x' })).text();
  const pages = [returned];
  for (const path of ['/', '/f/test', `/jobs/${id}`, `/jobs/${id}/fragment`])
    pages.push(await (await api.ask(path)).text());
  for (const page of pages) {
    expect(page).toContain(escaped);
    expect(page).not.toContain('<script>alert');
  }
  expect(returned).toContain(`name="_key" value="${escaped}"`);
});

test('no page holds an inline script or a handler, and the policy would run none', async () => {
  const api = await testApi();
  const id = await api.acceptedJob();
  for (const path of ['/', '/f/test', `/jobs/${id}`, '/reference', '/nothing']) {
    const response = await api.ask(path, { headers: { accept: 'text/html' } });
    const page = await response.text();
    expect(page, path).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(page, path).not.toMatch(/\son[a-z]+=/);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy, path).toContain("default-src 'self'");
    expect(policy, path).not.toContain('script-src');
  }
});

test('a person gets on a page what a program gets as JSON', async () => {
  const api = await testApi();
  const page = await api.ask('/f/nothing', { headers: { accept: 'text/html' } });
  expect(page.status).toBe(404);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect((await api.ask('/f/nothing')).headers.get('content-type')).toBe('application/problem+json');
});

test('A14: the job page shows the way to Temporal, cancels, and has no live script once the job has ended', async () => {
  const api = await testApi();
  const id = await api.runningJob();
  const live = await (await api.ask(`/jobs/${id}`)).text();
  expect(live).toContain(`href="http://127.0.0.1:8233/namespaces/default/workflows/${id}"`);
  expect(live).toContain('/assets/live.js');
  const cancelled = await api.ask(`/jobs/${id}/cancel`, { method: 'POST' });
  expect([cancelled.status, cancelled.headers.get('location')]).toEqual([303, `/jobs/${id}`]);
  await endJob(api.store, id);
  expect((await api.ask(`/jobs/${id}/cancel`, { method: 'POST' })).status).toBe(303);
  expect(await (await api.ask(`/jobs/${id}`)).text()).not.toContain('/assets/live.js');
});

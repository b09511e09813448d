/** The pages of batches: forms alone do all of it, and in a browser the page of a batch is live, on a phone too. */
import { expect, test } from 'vitest';
import { openPage } from '../../../../support/browser/browser-page.ts';
import { sealedBatch } from '../../../../support/batches/batches.ts';
import { endBatch, opensBatches, workOnBatch } from '../../batches/batch-work.ts';
import { serveApp, testApi, type Api } from '../../harness.ts';

async function press({ ask }: Api, path: string, values: Record<string, string> = {}): Promise<string | null> {
  const body = new URLSearchParams(values).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await ask(path, { method: 'POST', body, headers });
  expect(answer.status).toBe(303);
  return answer.headers.get('location');
}

test('P24: without a script a batch is steered by the forms of its page', async () => {
  const api = await testApi();
  const { store, batches, ask } = api;
  opensBatches(api);
  const id = 'batch_1';
  await sealedBatch(store, id, 3);
  await store.batches.change(id, { state: 'running', startedAt: new Date().toISOString() });
  const text = await (await ask(`/batches/${id}`)).text();
  expect(text).toContain(`http://127.0.0.1:8233/namespaces/default/workflows/${id}`);
  expect(text).toContain(`/v1/batches/${id}/results.csv`);
  for (const verb of ['pause', 'resume', 'cancel'])
    expect(await press(api, `/batches/${id}/${verb}`)).toBe(`/batches/${id}`);
  await press(api, `/batches/${id}/limits`, { parallel: '7', capUsd: '2.5' });
  expect(batches.orders).toEqual([
    { kind: 'pause', message: 'on the web page' },
    { kind: 'resume' },
    { kind: 'cancel' },
    { kind: 'limits', changes: { parallel: 7, capUsd: 2.5 } },
  ]);
  batches.onOrder = async (_, order) => {
    if (order.kind === 'append') await store.batches.change(id, { itemCount: order.itemCount });
    return { as: 'taken', message: '' };
  };
  const form = new FormData();
  form.set('key', 'k');
  form.set('items', new File(['word\nfour\n'], 'more.csv'));
  for (const _ of ['sent', 'sent again']) await ask(`/batches/${id}/append`, { method: 'POST', body: form });
  expect(batches.orders.filter(({ kind }) => kind === 'append')).toEqual([{ kind: 'append', itemCount: 4 }]);
  const odd = await ask(`/batches/${id}/limits`, { method: 'POST', body: new URLSearchParams({ parallel: 'many' }) });
  expect(odd.status).toBe(400);
  const foreign = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } };
  expect((await ask(`/batches/${id}/cancel`, foreign)).status).toBe(403);
  await endBatch(store, id);
  const ended = await (await ask(`/batches/${id}`)).text();
  expect(ended).toContain('First answers');
  expect(await (await ask(`/batches/${id}`)).text()).toContain('Retry the failed items (1)');
  await press(api, `/batches/${id}/retry-failed`);
  expect(batches.started.map((batch) => batch.id)).toEqual([id]);
  await store.batches.close(id, { outcome: 'cancelled', reason: null, continuations: 0, now: new Date() });
  expect(await press(api, `/batches/${id}/delete`)).toBe('/batches');
  expect((await ask(`/batches/${id}`)).status).toBe(404);
});

test('a batch that stands still says why, on its page and over HTTP, and no longer when it is paused', async () => {
  const { store, ask } = await testApi();
  const id = 'batch_1';
  await sealedBatch(store, id, 3);
  await store.batches.change(id, { state: 'running', startedAt: new Date().toISOString() });
  const until = new Date(Date.now() + 60_000).toISOString();
  const message = "the provider's <rate limit> of a minute is reached";
  await store.batchWaits.record(id, 0, { kind: 'rate_limit', message, until: Date.parse(until) });
  const text = await (await ask(`/batches/${id}`)).text();
  expect(text).toContain('the provider&#39;s &lt;rate limit&gt; of a minute is reached');
  expect(text).toContain(`<time datetime="${until}">`);
  expect(await (await ask(`/v1/batches/${id}`)).json()).toMatchObject({
    progress: { waits: [{ for: 'rate_limit', message, until }] },
  });
  await store.batches.change(id, { state: 'paused' });
  expect(await (await ask(`/batches/${id}`)).text()).not.toContain('rate limit');
});

test('P25: the switch is on the page of all batches; what was said of it is text', async () => {
  const api = await testApi();
  await press(api, '/platform/stop', { message: '<script>alert(1)</script>' });
  const stopped = await (await api.ask('/batches')).text();
  expect(stopped).toContain('&lt;script&gt;alert(1)');
  await press(api, '/platform/resume');
  expect(await (await api.ask('/batches')).text()).toContain('Stop all batches');
});

test('in a browser the page of a batch is live, and what was unfolded and typed stays', async () => {
  const api = await testApi();
  const { app, store } = api;
  const id = 'batch_1';
  await sealedBatch(store, id, 3);
  await store.batches.change(id, {
    state: 'running',
    startedAt: new Date().toISOString(),
    estimateUsd: 0.04,
    worstUsd: 0.09,
  });
  const url = await serveApp(app);
  const { page, complaints } = await openPage({ viewport: { width: 390, height: 844 } });
  await page.goto(`${url}/batches`);
  await page.getByRole('link', { name: 'test' }).click();
  await page.locator('#controls').getByText('Limits').click();
  await page.getByText('Prompt', { exact: true }).click();
  await page.getByText('Say {{item.word}}').waitFor();
  expect(await page.getByLabel('Time limit of a call, seconds').inputValue()).toBe('60');
  expect(await page.getByRole('progressbar').getAttribute('aria-valuetext')).toBe('0 of 3');
  await page.getByLabel('Items in parallel').fill('9');
  await workOnBatch(store, id);
  await page.getByText('1 provider request').waitFor();
  expect(await page.getByLabel('Items in parallel').inputValue()).toBe('9');
  const wide = await page.evaluate('document.documentElement.scrollWidth');
  expect(wide).toBeLessThanOrEqual(390);
  await page.getByText('The first of them').click();
  await store.batches.close(id, { outcome: 'completed_with_errors', reason: null, continuations: 0, now: new Date() });
  await store.events.append({ jobId: id, type: 'batch.ended', message: 'completed with errors' });
  await page.getByText('Remove', { exact: true }).click();
  await page.getByRole('button', { name: 'Remove the batch' }).waitFor();
  await page.getByText('refused').waitFor();
  expect(complaints).toEqual([]);
});

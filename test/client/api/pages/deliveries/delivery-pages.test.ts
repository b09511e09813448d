/** The pages that show deliveries: forms alone do all of it, and in a browser the job page is live while one is sent again. */
import { expect, test } from 'vitest';
import { openPage } from '../../../../support/browser/browser-page.ts';
import { endedDelivery } from '../../../../support/jobs/ended-deliveries.ts';
import { endJob, serveApp, testApi } from '../../harness.ts';

const deliver = [{ kind: 'email', to: '{{form.email}}', subject: 'Your result' }];

test('a failed delivery stands at the top of the job page, and is sent again there and in the list', async () => {
  const { app, store, temporal, acceptedJob } = await testApi();
  const jobId = await acceptedJob({ deliver });
  await endedDelivery(store, jobId, 'failed', { target: 'ada@<example>.com' });
  await endJob(store, jobId);
  const url = await serveApp(app);
  const { page, complaints } = await openPage();

  await page.goto(`${url}/jobs/${jobId}`);
  const top = page.getByRole('region', { name: 'A delivery failed' });
  await top.getByText('550 no such person').waitFor();
  const [mark, steps] = [await top.boundingBox(), await page.locator('#steps').boundingBox()];
  expect(mark?.y).toBeLessThan(steps?.y ?? 0);
  await top.getByRole('link', { name: 'All deliveries of this job' }).click();
  await page.locator('#deliveries').getByText('ada@<example>.com').waitFor();
  await page.getByLabel('State').selectOption('failed');
  await page.getByLabel('Receiver').fill('ada@');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.locator('#deliveries').getByText('550 no such person').waitFor();
  await page.getByRole('button', { name: `Send email_1 of job ${jobId} again` }).click();
  await page.getByText('None.').waitFor();
  expect(new URL(page.url()).searchParams.get('state')).toBe('failed');
  expect(temporal.redelivered).toEqual([{ jobId, deliveryId: 'email_1', number: 1 }]);

  await page.goto(`${url}/jobs/${jobId}`);
  await page.locator('#deliveries').getByText('waiting').waitFor();
  expect(await top.count()).toBe(0);
  const change = { jobId, deliveryId: 'email_1', number: 1, at: new Date().toISOString() };
  const event = { type: 'delivery.attempt_failed', message: 'attempt 1 failed: busy' };
  await store.deliveries.change({ ...change, state: 'retrying', lastError: 'busy' }, event);
  await page.locator('#deliveries').getByText('retrying').waitFor();
  await store.deliveries.change(
    { ...change, state: 'delivered' },
    { type: 'delivery.delivered', message: 'delivered' },
  );
  await page.locator('#deliveries').getByText('delivered', { exact: true }).waitFor();
  expect(complaints).toEqual([]);
});

test('another site cannot have a delivery sent again, and a number that is none is refused', async () => {
  const { store, ask, acceptedJob, temporal } = await testApi();
  const jobId = await acceptedJob({ deliver });
  await endedDelivery(store, jobId, 'failed');
  const path = `/jobs/${jobId}/deliveries/email_1/redeliver`;
  const body = () => new URLSearchParams({ number: '1' });
  const foreign = { method: 'POST', body: body(), headers: { 'sec-fetch-site': 'cross-site' } };
  expect((await ask(path, foreign)).status).toBe(403);
  expect((await ask(path, { method: 'POST', body: new URLSearchParams({ number: 'x' }) })).status).toBe(400);
  for (const _ of ['click', 'click again']) {
    const answer = await ask(path, { method: 'POST', body: body() });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/jobs/${jobId}`]);
  }
  expect(temporal.redelivered).toHaveLength(1);
});

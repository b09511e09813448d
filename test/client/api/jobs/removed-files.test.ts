/** Files that retention has removed: each page and answer says so, none fails. */
import { expect, test } from 'vitest';
import { endJob, problemOf, testApi } from '../harness.ts';
import { endedDelivery } from '../../../support/jobs/ended-deliveries.ts';

const deliver = [{ kind: 'email', to: '{{form.email}}', subject: 'Your result' }];

/** A job that ended 30 days ago, with a report, and with a mail that was sent. */
async function oldJob() {
  const api = await testApi();
  const { store } = api;
  const id = await api.acceptedJob({ deliver });
  const file = { jobId: id, stepId: 'look', mediaType: 'text/html', deliverable: true };
  const { sha256 } = await store.artifacts.put({ ...file, name: 'report.html', content: Buffer.from('<p>Report</p>') });
  const delivery = await endedDelivery(store, id, 'delivered');
  await endJob(store, id);
  const now = new Date(Date.now() + 30 * 24 * 3_600_000 + 1000);
  await store.acrossTenants.contentSweep.expireJobs({ days: 30, now, limit: 10 });
  return { ...api, id, sha256, delivery };
}

test('a removed file is answered 410, with the days, also under its hash', async () => {
  const { ask, id, sha256 } = await oldJob();
  for (const query of ['', `?sha256=${sha256}`, '?download']) {
    const answer = await ask(`/v1/jobs/${id}/artifacts/report.html${query}`);
    expect(answer.status, query).toBe(410);
    expect(await problemOf(answer)).toMatchObject({
      type: '/problems/removed',
      detail: 'report.html was removed 30 days after the job ended',
    });
  }
});

test('the job and its page say that a file was removed, and link to none', async () => {
  const { ask, id } = await oldJob();
  expect(await (await ask(`/v1/jobs/${id}`)).json()).toMatchObject({
    artifacts: [{ name: 'report.html', removedAfterDays: 30 }],
  });
  const page = await (await ask(`/jobs/${id}`, { headers: { accept: 'text/html' } })).text();
  expect(page).toContain('removed 30 days after the job ended');
  expect(page).not.toContain(`/v1/jobs/${id}/artifacts/report.html`);
  expect(page).not.toContain('Send again');
});

test('a delivery whose files were removed is not sent again: 410', async () => {
  const { post, id, delivery } = await oldJob();
  const answer = await post(`/v1/jobs/${id}/deliveries/${delivery}/redeliver`, {});
  expect(answer.status).toBe(410);
  expect((await problemOf(answer)).detail).toContain('was removed 30 days after the job ended');
});

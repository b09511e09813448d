/** Approvals over HTTP and on the job page: the questions, the possible answers, and what happens when nobody answers. */
import { expect, onTestFinished, test } from 'vitest';
import { JobUnattended } from '../../../../client/api/temporal-calls.ts';
import { beginRun, clickAt, recordTurn, visiting } from '../../../support/computer-use/computer-run.ts';
import { launchChromium } from '../../../support/browser/chromium.ts';
import { askApproval, problemOf, serveApp, testApi, type Api } from '../harness.ts';

/** Only steps with a browser ask people, and only theirs are closed at their end. */
const looking = { ...visiting, steps: visiting.steps.map((step) => ({ ...step, id: 'look' })) };

async function asking() {
  const api = await testApi();
  const id = await api.acceptedJob(looking);
  const requestId = await askApproval(api.store, id);
  const path = `/v1/jobs/${id}/approvals/${requestId}`;
  return { ...api, id, requestId, path, answer: (body: unknown) => api.post(path, body) };
}

const eventsOf = async ({ store }: Api, id: string): Promise<readonly string[]> =>
  (await store.events.after(id, 0, 100)).map(({ type, message }) => `${type}: ${message}`);

test('a question is in its job, in the list of what waits, and in the job’s one line', async () => {
  const { ask, id, requestId } = await asking();
  const question = { requestId, step: 'look', state: 'open', question: 'click at 1,1 on “Send <now>”' };
  expect(await (await ask(`/v1/jobs/${id}`)).json()).toMatchObject({
    note: 'waits for a person: click at 1,1 on “Send <now>”',
    approvals: [{ ...question, screenshot: { name: 'look-1-1.png' }, decidedBy: null }],
  });
  expect(await (await ask('/v1/approvals')).json()).toMatchObject({ approvals: [{ ...question, jobId: id }] });
  expect((await ask('/v1/approvals?limit=0')).status).toBe(400);
});

test('A14: an answer goes to the job and is recorded, with its author and note', async () => {
  const api = await asking();
  const answered = await api.answer({ decision: 'refuse', note: 'not now', by: 'ada' });
  expect(answered.status).toBe(200);
  expect(await answered.json()).toMatchObject({ state: 'refused', decidedBy: 'ada', note: 'not now' });
  expect(api.temporal.answered).toEqual([{ requestId: api.requestId, decision: 'refuse', note: 'not now', by: 'ada' }]);
  expect((await eventsOf(api, api.id)).slice(-2)).toEqual([
    'approval.asked: asks a person: click at 1,1 on “Send <now>”',
    'approval.refused: refused by ada: click at 1,1 on “Send <now>” (not now)',
  ]);
  expect(await (await api.ask('/v1/approvals')).json()).toEqual({ approvals: [] });
});

test('an answer to nothing is 404, a second one 409, one that comes too late 410', async () => {
  const api = await asking();
  expect((await api.post(`/v1/jobs/${api.id}/approvals/look-9-9`, { decision: 'approve' })).status).toBe(404);
  expect((await api.post('/v1/jobs/job_none/approvals/look-1-1', { decision: 'approve' })).status).toBe(404);
  await api.answer({ decision: 'approve' });
  const second = await problemOf(await api.answer({ decision: 'refuse' }));
  expect(second).toMatchObject({ status: 409, detail: 'look-1-1 is no longer asked: it was approved by api' });
  expect(api.temporal.answered).toHaveLength(1);

  const late = await asking();
  const reason = { type: 'approval_expired' as const, message: 'nobody answered' };
  const word = {
    stepId: 'look',
    generation: 1,
    sequence: 5,
    state: 'timed_out' as const,
    reason,
    at: new Date().toISOString(),
  };
  await late.store.jobs.recordStepTransition(late.id, word);
  expect(await problemOf(await late.answer({ decision: 'approve' }))).toMatchObject({
    status: 410,
    type: '/problems/expired',
  });
});

test.each([
  ['approval_decided', 409],
  ['approval_expired', 410],
  ['no_job', 409],
] as const)('what the job itself says counts: %s is %i', async (as, status) => {
  const api = await asking();
  api.temporal.onAnswer = () => ({ as, message: 'said the job' });
  expect(await problemOf(await api.answer({ decision: 'approve' }))).toMatchObject({ status, detail: 'said the job' });
  expect(await api.store.approvals.find(api.id, api.requestId)).toMatchObject({ state: 'open' });
});

test('a job that does not wait yet is given the answer again, for a moment', async () => {
  const api = await asking();
  api.temporal.onAnswer = () => ({
    as: api.temporal.answered.length < 3 ? 'approval_unknown' : 'taken',
    message: 'asks nothing',
  });
  expect((await api.answer({ decision: 'approve' })).status).toBe(200);
  expect(api.temporal.answered).toHaveLength(3);
});

test('with Temporal away, or no worker, the answer is 503 with the way to go on, and the question stays open', async () => {
  const api = await asking();
  api.temporal.reachable = false;
  const away = await api.answer({ decision: 'approve' });
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, '15']);
  api.temporal.reachable = true;
  api.temporal.onAnswer = () => {
    throw new JobUnattended('no worker answered for the job in time');
  };
  expect(await problemOf(await api.answer({ decision: 'approve' }))).toMatchObject({
    status: 503,
    type: '/problems/no-worker',
    jobId: api.id,
  });
  expect(await api.store.approvals.find(api.id, api.requestId)).toMatchObject({ state: 'open' });
});

test('an answer is approve or refuse, and nothing else', async () => {
  const { answer, temporal } = await asking();
  for (const body of [
    {},
    { decision: 'maybe' },
    { decision: 'approve', extra: 1 },
    { decision: 'refuse', note: 'x'.repeat(1001) },
  ]) {
    expect((await answer(body)).status).toBe(400);
  }
  expect(temporal.answered).toEqual([]);
});

test("a page of another site can answer nothing in a visitor's browser", async () => {
  const { ask, post, path, id, requestId, temporal } = await asking();
  const crossSite = { 'sec-fetch-site': 'cross-site' };
  expect((await post(path, { decision: 'approve' }, crossSite)).status).toBe(403);
  const body = new URLSearchParams({ decision: 'approve' });
  const form = await ask(`/jobs/${id}/approvals/${requestId}`, { method: 'POST', body, headers: crossSite });
  expect(form.status).toBe(403);
  expect(temporal.answered).toEqual([]);
});

test('the job page asks by a plain form, and shows the answers', async () => {
  const { ask, id, requestId, store, temporal } = await asking();
  const page = await (await ask(`/jobs/${id}`)).text();
  expect(page).toContain('click at 1,1 on “Send &lt;now&gt;”');
  expect(page).toContain(`/v1/jobs/${id}/artifacts/look-1-1.png?sha256=`);
  const send = (parts: Record<string, string>) =>
    ask(`/jobs/${id}/approvals/${requestId}`, { method: 'POST', body: new URLSearchParams(parts) });
  expect((await send({ note: '' })).status).toBe(400);
  const sent = await send({ decision: 'approve', note: '' });
  expect([sent.status, sent.headers.get('location')]).toEqual([303, `/jobs/${id}`]);
  expect(temporal.answered).toEqual([{ requestId, decision: 'approve', note: null, by: 'the job page' }]);
  // Sent twice, as by a double click: the page shows the current state.
  expect((await send({ decision: 'refuse', note: '' })).status).toBe(303);
  expect(await (await ask(`/jobs/${id}`)).text()).toContain('approved by the job page');
  expect(await store.approvals.find(id, requestId)).toMatchObject({ state: 'approved' });
});

test('what is asked for is drawn on its picture, and nothing that was done before it', async () => {
  const { ask, store, acceptedJob } = await testApi();
  const id = await acceptedJob(visiting);
  await beginRun(store, id);
  await recordTurn(store, id, 1, { actions: [clickAt(64, 40), clickAt(320, 200, 'not_run')] });
  await askApproval(store, id, 1, 'visit');
  const page = await (await ask(`/jobs/${id}`)).text();
  const [panel = ''] = /<form[^>]*class="approval".*?<\/form>/s.exec(page) ?? [];
  expect(panel).toContain('x="50.00%" y="50.00%"');
  expect(panel).not.toContain('x="10.00%"');
});

test('a person without a mouse refuses with a word, while the page stays live', async () => {
  const { app, id, store, temporal } = await asking();
  const url = await serveApp(app);
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${url}/jobs/${id}`);
  const note = page.getByLabel('Note');
  await note.focus();
  await page.keyboard.type('wrong form');
  // Something else happens meanwhile: what was typed stays.
  await store.events.append({ jobId: id, type: 'step.looked', stepId: 'look', message: 'looks on' });
  await page.locator('#events').getByText('looks on').waitFor();
  expect(await note.inputValue()).toBe('wrong form');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('#approvals').getByText('refused by the job page').waitFor();
  expect(temporal.answered).toMatchObject([{ decision: 'refuse', note: 'wrong form' }]);
  expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
});

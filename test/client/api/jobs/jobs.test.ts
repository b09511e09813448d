/** Jobs over HTTP: status, list, events as JSON and as a stream, artifacts, cancel. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { endJob, problemOf, testApi } from '../harness.ts';

const EventsBody = z.object({ events: z.array(z.object({ sequence: z.int(), type: z.string() })), cursor: z.int() });

test('A14: a job shows its state and its steps, and stands in the list', async () => {
  const { ask, store, acceptedJob } = await testApi();
  const id = await acceptedJob();
  await endJob(store, id);
  const job: unknown = await (await ask(`/v1/jobs/${id}`)).json();
  expect(job).toMatchObject({
    id,
    state: 'ended',
    outcome: 'completed',
    steps: [{ id: 'look', state: 'succeeded', attempts: 1 }],
  });
  expect(await (await ask('/v1/jobs?state=ended&slug=test')).json()).toMatchObject({ jobs: [{ id }] });
  expect(await (await ask('/v1/jobs?state=running')).json()).toEqual({ jobs: [] });
  const refused = await ask('/v1/jobs?state=odd&limit=0');
  expect(refused.status).toBe(400);
  expect((await problemOf(refused)).problems.map(({ path }) => path)).toEqual(['state', 'limit']);
});

test('what is not there is answered 404', async () => {
  const { ask, acceptedJob } = await testApi();
  const id = await acceptedJob();
  for (const path of ['/v1/jobs/job_none', '/v1/jobs/job_none/events', `/v1/jobs/${id}/artifacts/none.pdf`]) {
    expect((await ask(path)).status, path).toBe(404);
  }
  expect((await ask('/v1/jobs/job_none/cancel', { method: 'POST' })).status).toBe(404);
});

test('events are read as JSON from a cursor on', async () => {
  const { ask, store, acceptedJob } = await testApi();
  const id = await acceptedJob();
  await store.events.append({
    jobId: id,
    type: 'step.started',
    stepId: 'look',
    message: 'started',
    data: { attempt: 1 },
  });
  const all = EventsBody.parse(await (await ask(`/v1/jobs/${id}/events`)).json());
  const first = all.events[0]?.sequence;
  expect(await (await ask(`/v1/jobs/${id}/events?cursor=${first}`)).json()).toMatchObject({
    events: [{ type: 'step.started', step: 'look', data: { attempt: 1 } }],
  });
  expect(await (await ask(`/v1/jobs/${id}/events?cursor=${all.cursor}`)).json()).toEqual({
    events: [],
    cursor: all.cursor,
  });
  expect((await ask(`/v1/jobs/${id}/events?cursor=first`)).status).toBe(400);
});

test('events are streamed as they come, and the stream ends with the job', async () => {
  const { ask, store, acceptedJob } = await testApi();
  const id = await acceptedJob();
  const response = await ask(`/v1/jobs/${id}/events`, { headers: { accept: 'text/event-stream' } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain('job.accepted');
  await endJob(store, id);
  let rest = '';
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) rest += chunk.value;
  expect(rest).toContain('"type":"job.ended"');
  expect(rest.endsWith('event: end\ndata: {}\n\n')).toBe(true);
});

test('a stream goes on after the last event that was seen', async () => {
  const { ask, store, acceptedJob } = await testApi();
  const id = await acceptedJob();
  await endJob(store, id);
  const [newest] = await store.events.newest(id, 1);
  const headers = { accept: 'text/event-stream', 'last-event-id': String((newest?.sequence ?? 0) - 1) };
  const text = await (await ask(`/v1/jobs/${id}/events`, { headers })).text();
  expect(text.match(/^id: /gm)).toHaveLength(1);
  expect(text).toContain('job.ended');
});

const cancel = { method: 'POST' };

test('A14: a running job is asked to stop, one that has ended is not', async () => {
  const { ask, store, runningJob, temporal } = await testApi();
  const id = await runningJob();
  expect((await ask(`/v1/jobs/${id}/cancel`, cancel)).status).toBe(202);
  expect(temporal.cancelled).toEqual([id]);
  expect((await store.events.newest(id, 1))[0]).toMatchObject({ type: 'job.cancel_requested' });
  await endJob(store, id);
  expect((await ask(`/v1/jobs/${id}/cancel`, cancel)).status).toBe(409);
});

test('a job that never came to Temporal ends when it is cancelled, and is not started later', async () => {
  const { ask, post, store, acceptedJob, temporal } = await testApi();
  await acceptedJob();
  temporal.reachable = false;
  const refused = await post('/v1/lead-magnets/test/submissions', { form: { email: 'eve@example.com' } });
  const id = (await problemOf(refused)).jobId;
  const cancelled = await ask(`/v1/jobs/${id}/cancel`, cancel);
  expect(await cancelled.json()).toMatchObject({ state: 'ended', outcome: 'cancelled' });
  expect(await store.acrossTenants.jobsNotHandedOver(new Date(Date.now() + 60_000), 10)).toEqual([]);
});

test('a running job that Temporal has lost ends when it is cancelled', async () => {
  const { ask, store, runningJob, temporal } = await testApi();
  const id = await runningJob();
  temporal.started.length = 0;
  const cancelled = await ask(`/v1/jobs/${id}/cancel`, cancel);
  expect(await cancelled.json()).toMatchObject({ state: 'ended', outcome: 'cancelled' });
  expect((await store.events.newest(id, 1))[0]).toMatchObject({ type: 'job.ended' });
});

test('a job that ends while it is asked to stop keeps its outcome, and its end is recorded once and last', async () => {
  const { ask, store, runningJob, temporal } = await testApi();
  const [stopped, lost] = [await runningJob(), await runningJob()];
  temporal.onCancel = (id) => endJob(store, id);
  temporal.started.splice(temporal.started.indexOf(lost), 1);
  for (const id of [stopped, lost]) {
    const cancelled = await ask(`/v1/jobs/${id}/cancel`, cancel);
    expect(await cancelled.json()).toMatchObject({ state: 'ended', outcome: 'completed' });
    const types = (await store.events.after(id, 0, 100)).map(({ type }) => type);
    expect(types.indexOf('job.ended')).toBe(types.length - 1);
  }
});

test('cancelling a running job while Temporal is away is answered 503, and changes nothing', async () => {
  const { ask, store, runningJob, temporal } = await testApi();
  const id = await runningJob();
  const before = await store.jobViews.find(id);
  temporal.reachable = false;
  expect((await ask(`/v1/jobs/${id}/cancel`, cancel)).status).toBe(503);
  expect(await store.jobViews.find(id)).toEqual(before);
});

test('A14: an artifact is served as what it is, but can run nothing', async () => {
  const { ask, store, acceptedJob } = await testApi();
  const id = await acceptedJob();
  const content = Buffer.from('<script>alert(1)</script>');
  const name = 'report "one".html';
  await store.artifacts.put({
    jobId: id,
    stepId: 'look',
    name,
    mediaType: 'text/html; charset=utf-8',
    content,
    deliverable: true,
  });
  const path = `/v1/jobs/${id}/artifacts/${encodeURIComponent(name)}`;
  const response = await ask(path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none';.*sandbox$/);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('content-disposition')).toBe("inline; filename*=UTF-8''report%20%22one%22.html");
  expect(await response.text()).toBe(content.toString());
  expect((await ask(`${path}?download`)).headers.get('content-disposition')).toContain('attachment');
  const etag = response.headers.get('etag') ?? '';
  expect((await ask(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
});

test('an artifact is sent in ranges, as players and broken downloads ask for', async () => {
  const { ask, store, acceptedJob } = await testApi();
  const id = await acceptedJob();
  const file = { jobId: id, stepId: null, name: 'ten.txt', mediaType: 'text/plain', deliverable: true };
  const { sha256 } = await store.artifacts.put({ ...file, content: Buffer.from('0123456789') });
  const get = (headers: Record<string, string>, method = 'GET') =>
    ask(`/v1/jobs/${id}/artifacts/ten.txt`, { method, headers });
  const part = await get({ range: 'bytes=2-4' });
  expect([part.status, await part.text()]).toEqual([206, '234']);
  expect(part.headers.get('content-range')).toBe('bytes 2-4/10');
  expect(part.headers.get('content-length')).toBe('3');
  expect(await (await get({ range: 'bytes=-3' })).text()).toBe('789');
  expect(await (await get({ range: 'bytes=2-4', 'if-range': `"${sha256}"` })).text()).toBe('234');
  expect(await (await get({ range: 'bytes=2-4', 'if-range': '"other"' })).text()).toBe('0123456789');
  expect(await (await get({ range: 'bytes=0-1,5-6' })).text()).toBe('0123456789');
  const beyond = await get({ range: 'bytes=10-' });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */10']);
  const head = await get({}, 'HEAD');
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
});

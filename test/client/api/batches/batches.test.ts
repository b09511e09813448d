/** Batches over HTTP, checked against the API's document; a fake Temporal does what a workflow would do. */
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { startQueuedBatches } from '../../../../client/api/outbox.ts';
import pino from 'pino';
import { BatchItemViewSchema } from '../../../../workflows/contract/batches/schema.ts';
import { opensBatches, workOnBatch } from './batch-work.ts';
import { problemOf, testApi, type Api } from '../harness.ts';

const definition = { name: 'Greet', model: 'gpt-5.4-mini', prompt: 'Greet {{item.name}} of {{item.city}}' };
const csv = 'name,city\r\nAda,London\r\n"Grace, H.",New York\r\n';
const Made = z.object({ id: z.string() });

async function made(api: Api, parts: object = {}, rows = csv): Promise<string> {
  const { id } = Made.parse(await (await api.post('/v1/batches', { ...definition, ...parts })).json());
  const sent = await send(api, id, rows);
  expect(sent.status).toBe(200);
  return id;
}

function send(
  api: Api,
  id: string,
  rows: string | Uint8Array<ArrayBuffer> | ReadableStream,
  type = 'text/csv',
): Promise<Response> {
  const init = { method: 'POST', body: rows, headers: { 'content-type': type }, duplex: 'half' } as const;
  return api.ask(`/v1/batches/${id}/items`, init);
}

test('P28: a batch is made, filled, previewed, started and followed; its results stream as JSONL and CSV', async () => {
  const api = await testApi();
  opensBatches(api);
  const id = await made(api);
  const preview: unknown = await (await api.ask(`/v1/batches/${id}/preview`)).json();
  expect(preview).toMatchObject({
    prompts: [{ prompt: 'Greet Ada of London' }, { prompt: 'Greet Grace, H. of New York' }],
  });
  expect(await (await api.ask(`/v1/batches/${id}/start`, { method: 'POST' })).json()).toMatchObject({
    state: 'running',
    itemCount: 2,
  });
  await workOnBatch(api.store, id);
  expect(await (await api.ask(`/v1/batches/${id}`)).json()).toMatchObject({
    counts: { succeeded: 1, failed: 1, pending: 0 },
    spentUsd: 0.02,
    progress: { ended: 2, forecastUsd: 0.02, failures: [{ type: 'provider_request', count: 1 }], stopped: null },
  });
  const jsonl = await (await api.ask(`/v1/batches/${id}/results.jsonl`)).text();
  const items = jsonl
    .trimEnd()
    .split('\n')
    .map((line) => BatchItemViewSchema.parse(JSON.parse(line)));
  expect(items).toMatchObject([
    { status: 'succeeded', output: '=1+1', attempts: 1, inputTokens: 10, costUsd: 0.01, error: null },
    { status: 'failed', item: { name: 'Grace, H.' }, error: { type: 'provider_request', message: 'refused' } },
  ]);
  const sheet = await (await api.ask(`/v1/batches/${id}/results.csv?status=failed`)).text();
  expect(sheet.split('\r\n')).toHaveLength(3);
  expect(sheet).toContain('1,failed,"Grace, H.",New York,');
  const all = await (await api.ask(`/v1/batches/${id}/results.csv`)).text();
  expect(all, 'a formula is harmless in a spreadsheet').toContain(",'=1+1,");
  expect(await (await api.ask('/v1/batches?state=running')).json()).toMatchObject({ batches: [{ id }] });
});

test('P28: one wrong row refuses the upload, with each line and how to mend it; nothing of it is stored', async () => {
  const api = await testApi();
  const id = await made(api);
  const wrong = await problemOf(await send(api, id, 'name,city\na,b\nc\nd,"e\nf",g,h\ni,"j\n'));
  expect(wrong.status).toBe(422);
  expect(wrong.problems.map(({ path }) => path)).toEqual(['line 3', expect.any(String), expect.any(String)]);
  expect(wrong.problems[0]?.message).toContain('another number of fields');
  const header = await problemOf(await send(api, id, 'name;town\na;b\n'));
  expect(header.problems).toHaveLength(1);
  expect(header.problems[0]).toMatchObject({
    path: 'line 1',
    message: expect.stringContaining('has no column city, which the prompt names; read with semicolons'),
  });
  const json = '{"name":"a","city":"b"}\n\n{"name":"c"}\n[1]\nnonsense\n';
  const lines = await problemOf(await send(api, id, json, 'application/x-ndjson'));
  expect(lines.problems.map(({ path }) => path)).toEqual(['line 3', 'line 4', 'line 5']);
  expect(lines.problems[0]?.message).toContain('has no city');
  const neither = await problemOf(
    await send(api, id, Uint8Array.from([...Buffer.from('name,city\nJ'), 0x81, 0x2c, 0x62, 0x0a])),
  );
  expect(neither.problems).toContainEqual({ path: 'line 2', message: expect.stringContaining('name the encoding') });
  const large = await problemOf(await send(api, id, `name,city\n${'x'.repeat(300_000)},b\n`));
  expect(large.problems[0]).toMatchObject({ path: 'line 2', message: expect.stringContaining('256 KiB') });
  expect((await problemOf(await send(api, id, 'a', 'text/plain'))).status).toBe(415);
  expect((await problemOf(await send(api, id, ''))).detail).toContain('no rows');
  expect(await api.store.batchItems.size(id)).toMatchObject({ items: 2 });
});

test('an upload that breaks off leaves nothing behind, and two at once are not mixed', async () => {
  const api = await testApi();
  const id = await made(api);
  const rows = Array.from({ length: 1200 }, (_, index) => `n${index},c\n`).join('');
  const broken = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(Buffer.from(`name,city\n${rows}`));
    },
    pull: (controller) => controller.error(new Error('the line is cut')),
  });
  expect((await problemOf(await send(api, id, broken))).detail).toContain('broke off');
  expect(await api.store.batchItems.size(id)).toMatchObject({ items: 2 });
  let go = (): void => undefined;
  const slow = new ReadableStream<Uint8Array>({
    start(controller) {
      go = () => {
        controller.enqueue(Buffer.from('name,city\na,b\n'));
        controller.close();
      };
    },
  });
  const first = send(api, id, slow);
  await expect.poll(async () => (await send(api, id, csv)).status).toBe(409);
  go();
  expect((await first).status).toBe(200);
});

test('P28: items are appended while the batch runs, by an order to its workflow', async () => {
  const api = await testApi();
  opensBatches(api);
  const id = await made(api);
  await api.ask(`/v1/batches/${id}/start`, { method: 'POST' });
  api.batches.onOrder = async (_, order) => {
    if (order.kind === 'append') await api.store.batches.change(id, { itemCount: order.itemCount });
    return { as: 'taken', message: '' };
  };
  expect(await (await send(api, id, csv)).json()).toMatchObject({ added: 2, batch: { itemCount: 4 } });
  expect(api.batches.orders).toEqual([{ kind: 'append', itemCount: 4 }]);
  api.batches.onOrder = async () => ({ as: 'refused', message: 'the batch is ending' });
  expect((await problemOf(await send(api, id, csv))).detail).toContain('the batch is ending');
  expect(await api.store.batchItems.size(id)).toMatchObject({ items: 4 });
});

test('P18: the estimate is made before the run, and nothing is submitted until the batch is started', async () => {
  const api = await testApi();
  opensBatches(api);
  const id = await made(api);
  const estimate: unknown = await (await api.ask(`/v1/batches/${id}/estimate`, { method: 'POST' })).json();
  expect(estimate).toMatchObject({ state: 'paused', estimateUsd: 0.25, worstUsd: 0.5, pause: { by: 'person' } });
  expect(api.batches.started).toMatchObject([{ id, pause: { by: 'person' } }]);
  await api.ask(`/v1/batches/${id}/start`, { method: 'POST' });
  expect(api.batches.orders).toEqual([{ kind: 'resume' }]);
});

test('P24: limits are changed while the batch runs; what does not fit is refused', async () => {
  const api = await testApi();
  const id = await made(api);
  const change = (limits: object) =>
    api.ask(`/v1/batches/${id}/limits`, {
      method: 'PATCH',
      body: JSON.stringify(limits),
      headers: { 'content-type': 'application/json' },
    });
  expect(await (await change({ capUsd: 5 })).json()).toMatchObject({ definition: { limits: { capUsd: 5 } } });
  expect((await problemOf(await change({ parallel: 0 }))).detail).toContain('parallel 0 is not between');
  expect((await change({ pageSize: 5 })).status).toBe(400);
  opensBatches(api);
  await api.ask(`/v1/batches/${id}/start`, { method: 'POST' });
  await change({ jobSeconds: 345_600 });
  expect(api.batches.orders).toEqual([{ kind: 'limits', changes: { jobSeconds: 345_600 } }]);
  api.batches.onOrder = async () => ({ as: 'refused', message: 'retries 99 is not between 0 and 50' });
  expect((await problemOf(await change({ retries: 99 }))).status).toBe(409);
});

test('P25: one switch stops all batches, also while Temporal is away, and one resumes them', async () => {
  const api = await testApi();
  opensBatches(api);
  const id = await made(api);
  await api.ask(`/v1/batches/${id}/start`, { method: 'POST' });
  api.batches.reachable = false;
  const stopped: unknown = await (await api.post('/v1/platform/stop', { message: 'the provider misbehaves' })).json();
  expect(stopped).toMatchObject({ stopped: { message: 'the provider misbehaves' } });
  expect(await (await api.ask(`/v1/batches/${id}`)).json()).toMatchObject({
    progress: { stopped: { message: 'the provider misbehaves' } },
  });
  api.batches.reachable = true;
  expect(await (await api.ask('/v1/platform/resume', { method: 'POST' })).json()).toEqual({ stopped: null });
  expect(api.batches.woken).toEqual([id]);
  expect(await (await api.ask('/v1/platform')).json()).toEqual({ stopped: null });
});

test('P16: a batch that is started while Temporal is away is kept and begun by the outbox, paused if it was to be', async () => {
  const api = await testApi();
  const [id, estimated] = [await made(api), await made(api)];
  api.batches.reachable = false;
  const away = await problemOf(await api.ask(`/v1/batches/${id}/start`, { method: 'POST' }));
  expect([away.status, away.detail]).toEqual([503, expect.stringContaining('starts by itself')]);
  expect((await api.ask(`/v1/batches/${estimated}/estimate`, { method: 'POST' })).status).toBe(503);
  await startQueuedBatches({ stores: api.store.stores, batches: api.batches, log: pino({ enabled: false }) });
  expect(api.batches.started).toEqual([]);
  api.batches.reachable = true;
  opensBatches(api);
  const round = () =>
    startQueuedBatches({ stores: api.store.stores, batches: api.batches, log: pino({ enabled: false }) });
  await round();
  await round();
  expect(api.batches.started.map((batch) => [batch.id, batch.pause?.by])).toEqual(
    expect.arrayContaining([
      [id, undefined],
      [estimated, 'person'],
    ]),
  );
  expect(api.batches.started).toHaveLength(2);
});

test('P28: pause, resume and cancel reach the workflow, or the store for a batch that never began', async () => {
  const api = await testApi();
  const id = await made(api);
  expect((await api.post(`/v1/batches/${id}/pause`, { message: 'wait' })).status).toBe(409);
  await api.ask(`/v1/batches/${id}/start`, { method: 'POST' });
  await api.post(`/v1/batches/${id}/pause`, { message: 'look first' });
  await api.ask(`/v1/batches/${id}/resume`, { method: 'POST' });
  expect(api.batches.orders).toEqual([{ kind: 'pause', message: 'look first' }, { kind: 'resume' }]);
  expect((await api.ask(`/v1/batches/${id}`, { method: 'DELETE' })).status).toBe(409);
  api.batches.onOrder = async () => ({ as: 'no_batch', message: 'gone' });
  expect(await (await api.ask(`/v1/batches/${id}/cancel`, { method: 'POST' })).json()).toMatchObject({
    state: 'ended',
    outcome: 'cancelled',
    counts: { cancelled: 2 },
  });
  expect((await api.ask(`/v1/batches/${id}/cancel`, { method: 'POST' })).status).toBe(409);
  expect((await api.ask(`/v1/batches/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await api.ask(`/v1/batches/${id}`)).status).toBe(404);
});

test('an order that meets a batch on its way to its workflow is sent again, and ends nothing that runs', async () => {
  const api = await testApi();
  const id = await made(api);
  await api.ask(`/v1/batches/${id}/start`, { method: 'POST' });
  api.batches.onOrder = async () => ({ as: 'no_batch', message: 'gone' });
  const cancelWaiting = api.store.batches.cancelWaiting.bind(api.store.batches);
  // The workflow opens the batch between the look and the change.
  vi.spyOn(api.store.batches, 'cancelWaiting').mockImplementation(async (...order) => {
    await api.store.batches.change(id, { state: 'running' });
    return cancelWaiting(...order);
  });
  expect((await problemOf(await api.ask(`/v1/batches/${id}/cancel`, { method: 'POST' }))).type).toContain('no-worker');
  expect(await api.store.batches.find(id)).toMatchObject({ state: 'running', counts: { pending: 2 } });
});

test('P28: failed items of an ended batch are retried; the events say so, as a stream too', async () => {
  const api = await testApi();
  opensBatches(api);
  const id = await made(api);
  const again = () => api.post(`/v1/batches/${id}/retry-failed`, {});
  expect((await again()).status).toBe(409);
  await api.ask(`/v1/batches/${id}/start`, { method: 'POST' });
  await workOnBatch(api.store, id);
  await api.store.batches.close(id, {
    outcome: 'completed_with_errors',
    reason: null,
    continuations: 0,
    now: new Date(),
  });
  await api.store.events.append({ jobId: id, type: 'batch.ended', message: 'completed with errors' });
  expect(await (await again()).json()).toMatchObject({ state: 'running', counts: { pending: 1, succeeded: 1 } });
  expect(api.batches.started).toHaveLength(2);
  await api.store.batches.close(id, { outcome: 'cancelled', reason: null, continuations: 0, now: new Date() });
  await api.store.events.append({ jobId: id, type: 'batch.ended', message: 'cancelled' });
  const stream = await api.ask(`/v1/batches/${id}/events`, { headers: { accept: 'text/event-stream' } });
  const text = await stream.text();
  expect(text.match(/"type":"batch\.\w+"/g)).toEqual(
    ['created', 'items', 'queued', 'ended', 'reopened', 'ended'].map((type) => `"type":"batch.${type}"`),
  );
  expect(text).toContain('event: end');
});

test('the same Idempotency-Key is the same batch; another definition under it is refused', async () => {
  const { post } = await testApi();
  const key = { 'idempotency-key': 'one' };
  const first = await post('/v1/batches', definition, key);
  const { id } = Made.parse(await first.json());
  expect([first.status, first.headers.get('location')]).toEqual([201, `/v1/batches/${id}`]);
  const second = await post('/v1/batches', definition, key);
  expect([second.status, Made.parse(await second.json()).id]).toEqual([200, id]);
  expect((await post('/v1/batches', { ...definition, prompt: 'Other' }, key)).status).toBe(409);
  const wrong = await problemOf(await post('/v1/batches', { ...definition, limits: { parallel: 0 } }));
  expect(wrong.problems[0]?.message).toContain('parallel 0 is not between');
});

/** Items that are sent again because an answer was lost, and what broken uploads leave. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { TemporalUnreachable } from '../../../../client/api/temporal-calls.ts';
import { opensBatches } from './batch-work.ts';
import { testApi, type Api } from '../harness.ts';

const rows = 'name\nAda\nGrace\n';
const Answer = z.object({ status: z.int(), added: z.int().optional(), detail: z.string().optional() });

async function made(api: Api): Promise<string> {
  const answer = await api.post('/v1/batches', { name: 'names', model: 'gpt-5.4-mini', prompt: 'Greet {{item.name}}' });
  return z.object({ id: z.string() }).parse(await answer.json()).id;
}

async function send({ ask }: Api, id: string, key: string, body = rows) {
  const headers = { 'content-type': 'text/csv', 'idempotency-key': key };
  const answer = await ask(`/v1/batches/${id}/items`, { method: 'POST', body, headers });
  const content = z.looseObject({}).parse(await answer.json());
  return Answer.parse({ ...content, status: answer.status });
}

async function itemCount({ store }: Api, id: string): Promise<number | undefined> {
  return (await store.batches.find(id))?.itemCount;
}

/** A batch of two items that runs, and takes in what is appended. */
async function running(api: Api): Promise<string> {
  opensBatches(api);
  const id = await made(api);
  await send(api, id, 'first');
  await api.ask(`/v1/batches/${id}/start`, { method: 'POST' });
  api.batches.onOrder = async (_, order) => {
    if (order.kind === 'append') await api.store.batches.change(id, { itemCount: order.itemCount });
    return { as: 'taken', message: '' };
  };
  return id;
}

test('P28: items that are sent again under their key are added once; another upload under it is refused', async () => {
  const api = await testApi();
  const id = await made(api);
  expect(await send(api, id, 'a')).toMatchObject({ status: 200, added: 2 });
  expect(await send(api, id, 'a')).toMatchObject({ status: 200, added: 2 });
  expect(await send(api, id, 'a', 'name\nAda\n')).toMatchObject({ status: 409 });
  expect(await itemCount(api, id)).toBe(2);
  expect(await send(api, id, 'b')).toMatchObject({ status: 200, added: 2 });
  expect(await itemCount(api, id)).toBe(4);
  const other = await made(api);
  expect(await send(api, other, 'a', 'name\nAda\n')).toMatchObject({ status: 200, added: 1 });
});

test('P28: an append whose answer was lost is repeated without adding twice, whether it came through or not', async () => {
  const api = await testApi();
  const id = await running(api);
  const taken = api.batches.onOrder;
  // Neither is known to the sender: one order is lost on its way, the next one's answer.
  for (const cameThrough of [false, true]) {
    api.batches.onOrder = async (batchId, order) => {
      if (cameThrough) await taken(batchId, order);
      throw new TemporalUnreachable('no answer');
    };
    await send(api, id, 'more');
    api.batches.onOrder = taken;
  }
  expect(await send(api, id, 'more')).toMatchObject({ status: 200, added: 2 });
  expect(await itemCount(api, id)).toBe(4);
  expect(await api.store.batchItems.size(id)).toMatchObject({ items: 4 });
  await api.store.batches.close(id, { outcome: 'completed', reason: null, continuations: 0, now: new Date() });
  expect(await send(api, id, 'more'), 'what is over still knows').toMatchObject({ status: 200, added: 2 });
});

test('P28: what an upload has left that died with the API is no part of the batch', async () => {
  const api = await testApi();
  const id = await made(api);
  await api.store.batchUploads.begin(id, 'submit');
  await api.store.batchItems.import(id, [{ name: 'Ada' }]);
  const early = await api.ask(`/v1/batches/${id}/start`, { method: 'POST' });
  expect(await early.json()).toMatchObject({ detail: expect.stringContaining('no items yet') });
  await api.store.batchUploads.begin(id, 'submit');
  await api.store.batchItems.import(id, [{ name: 'Ada' }]);
  expect(await send(api, id, 'submit')).toMatchObject({ status: 200, added: 2 });
  expect(await itemCount(api, id)).toBe(2);
});

test('P28: a batch that is started twice at once is started', async () => {
  const api = await testApi();
  opensBatches(api);
  const id = await made(api);
  await send(api, id, 'first');
  const start = async () => (await api.ask(`/v1/batches/${id}/start`, { method: 'POST' })).ok;
  expect(await Promise.all([start(), start()])).toEqual([true, true]);
  expect(await itemCount(api, id)).toBe(2);
});

test('P28: items are refused while another process takes items for the batch, and it is not started with half of them', async () => {
  const api = await testApi();
  const id = await made(api);
  await send(api, id, 'first');
  const elsewhere = await api.store.uploadLocks.acquire(id, Date.now());
  expect(await send(api, id, 'second')).toMatchObject({ status: 409, detail: expect.stringContaining('in progress') });
  expect((await api.ask(`/v1/batches/${id}/start`, { method: 'POST' })).status).toBe(409);
  if (elsewhere !== null) await api.store.uploadLocks.release(elsewhere);
  expect(await send(api, id, 'second')).toMatchObject({ status: 200, added: 2 });
});

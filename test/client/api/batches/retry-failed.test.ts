/** The retry of the failed items of a batch over HTTP: what is refused, what is repeated, and what takes long. */
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { problemOf, testApi, type Api } from '../harness.ts';
import { endBatch, opensBatches } from './batch-work.ts';

const definition = { name: 'Greet', model: 'gpt-5.4-mini', prompt: 'Greet {{item.name}}' };

/** A batch of two items, whose second has failed. */
async function endedBatch(api: Api): Promise<string> {
  const made = await api.post('/v1/batches', definition);
  const { id } = z.object({ id: z.string() }).parse(await made.json());
  const headers = { 'content-type': 'text/csv' };
  await api.ask(`/v1/batches/${id}/items`, { method: 'POST', body: 'name\nAda\nGrace\n', headers });
  await api.ask(`/v1/batches/${id}/start`, { method: 'POST' });
  await endBatch(api.store, id);
  return id;
}

const retry = (api: Api, id: string) => api.post(`/v1/batches/${id}/retry-failed`, {});

const reopenings = async ({ store }: Api, id: string): Promise<number> =>
  (await store.events.after(id, 0, 100)).filter(({ type }) => type === 'batch.reopened').length;

test('P28: a batch that does not exist has nothing to retry', async () => {
  const api = await testApi();
  expect(await problemOf(await retry(api, 'unknown'))).toMatchObject({ status: 404, title: expect.any(String) });
});

test('P28: a batch that has not ended, and one without failed items, is not retried', async () => {
  const api = await testApi();
  opensBatches(api);
  const id = await endedBatch(api);
  expect((await retry(api, id)).status).toBe(200);
  expect(await problemOf(await retry(api, id))).toMatchObject({ status: 409, detail: 'the batch has not ended yet' });
  await api.store.batchPartitions.endUnsubmitted(
    (await api.store.batchPartitions.begin({ batchId: id, partition: 0, partitions: 0 })).key,
    { status: 'cancelled', reason: { type: 'cancelled', message: 'no' }, now: Date.now() },
  );
  await api.store.batches.close(id, { outcome: 'cancelled', reason: null, continuations: 0, now: new Date() });
  expect(await problemOf(await retry(api, id))).toMatchObject({ status: 409, detail: 'the batch has no failed items' });
  expect(await reopenings(api, id)).toBe(1);
});

test('P28: a double click reopens a batch once, and each click is answered', async () => {
  const api = await testApi();
  opensBatches(api);
  const id = await endedBatch(api);
  const statuses = (await Promise.all([retry(api, id), retry(api, id)])).map(({ status }) => status);
  expect(statuses).toContain(200);
  // The second one is part of the first, or comes after it.
  expect(statuses.every((status) => [200, 409].includes(status))).toBe(true);
  expect(await reopenings(api, id)).toBe(1);
  expect(await api.store.batches.find(id)).toMatchObject({ state: 'running', counts: { pending: 1, succeeded: 1 } });
});

test('P28: a reopening that takes long is answered before its end, and the batch starts after it', async () => {
  const api = await testApi();
  opensBatches(api);
  const id = await endedBatch(api);
  const reopen = api.store.batches.reopen.bind(api.store.batches);
  const released = Promise.withResolvers<void>();
  vi.spyOn(api.store.batches, 'reopen').mockImplementation(async (...order) => {
    await released.promise;
    return reopen(...order);
  });
  const answer = await retry(api, id);
  expect([answer.status, await answer.json()]).toMatchObject([202, { id, state: 'ended' }]);
  expect(api.batches.started).toHaveLength(1);
  released.resolve();
  await expect.poll(async () => (await api.store.batches.find(id))?.state).toBe('running');
  expect(api.batches.started).toHaveLength(2);
});

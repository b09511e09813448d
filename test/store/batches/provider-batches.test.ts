/** What an economy batch hands over, in a real store. */
import { expect, it } from 'vitest';
import { Superseded } from '../../../store/jobs/ledger.ts';
import { runningBatch } from '../../support/batches/batches.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

it('an attempt that another has followed opens no provider batch', async () => {
  const { providerBatches, ...store } = await temporaryStore();
  await runningBatch({ providerBatches, ...store }, 'b', 2, {}, 'economy');
  const old = await providerBatches.begin('b');
  const key = await providerBatches.begin('b');
  await expect(providerBatches.add(old, 1)).rejects.toThrow(Superseded);
  expect(await providerBatches.open(key)).toEqual([]);
  const numbers = [await providerBatches.add(key, 2), await providerBatches.add(key, 3)].map(({ number }) => number);
  expect(numbers).toEqual([1, 2]);
});

it("items are found by their provider's batch, in order, and due ones are distinguished from waiting ones", async () => {
  const store = await temporaryStore();
  await runningBatch(store, 'b', 5, {}, 'economy');
  const { providerBatches, batchPartitions } = store;
  const key = await providerBatches.begin('b');
  const now = Date.now();
  const taken = await providerBatches.take(key, { until: 5, now, count: 4 });
  for (const { position } of taken) await batchPartitions.admit(key, { position, worstNano: 1, limiter: null, now });
  expect(await providerBatches.openWork(key, 5)).toEqual({ underWay: 4, pending: 1, nextAttemptAt: 0 });
  const providerBatch = await providerBatches.add(key, now);
  expect(await providerBatches.items(key, null, { after: 0, count: 2 })).toMatchObject([
    { position: 1 },
    { position: 2 },
  ]);
  await providerBatches.submitted(key, providerBatch.number, 'provider_1');
  await providerBatches.submitted(key, providerBatch.number, 'provider_1');
  await expect(providerBatches.submitted(key, providerBatch.number, 'provider_2')).rejects.toThrow(Superseded);
  expect(await providerBatches.items(key, null, { after: -1, count: 9 })).toEqual([]);
  const reason = { type: 'provider_unavailable', message: 'away' } as const;
  const later = { reason, nextAttemptAt: now + 1000, counted: true, usage: null, uncertain: false };
  await batchPartitions.retry(key, { position: 3, ...later });
  const own = await providerBatches.items(key, 'provider_1', { after: -1, count: 9 });
  expect(own.map(({ position }) => position)).toEqual([0, 1, 2]);
  expect(await providerBatches.positions(key, 'provider_1')).toEqual([0, 1, 2, 3]);
  expect(await providerBatches.find(key, 'provider_1', 2)).toMatchObject({ position: 2, status: 'submitted' });
  expect(await providerBatches.find(key, 'provider_1', 3)).toBeNull();
  const due = await providerBatches.take(key, { until: 5, now, count: 4 });
  expect(due.map(({ position }) => position)).toEqual([4]);
  expect((await providerBatches.take(key, { until: 5, now: now + 1000, count: 4 })).length).toBe(2);
});

/** What the partitions of a batch wait for, in a real store. */
import { expect, it } from 'vitest';
import { runningBatch } from '../../../support/batches/batches.ts';
import { temporaryStore } from '../../../support/temporary-store.ts';

it('of each kind the wait that lasts longest is reported, and none that is over', async () => {
  const { batchWaits } = await temporaryStore();
  const now = 1_000_000;
  await batchWaits.record('b', 0, { kind: 'rate_limit', message: 'asked to wait', until: now + 5_000 });
  await batchWaits.record('b', 1, { kind: 'rate_limit', message: 'asked to wait longer', until: now + 9_000 });
  await batchWaits.record('b', 2, { kind: 'calls_hour', message: 'the hour is full', until: now + 60_000 });
  await batchWaits.record('another', 0, { kind: 'breaker', message: 'down', until: now + 60_000 });
  expect(await batchWaits.find('b', now)).toEqual([
    { kind: 'rate_limit', message: 'asked to wait longer', until: now + 9_000 },
    { kind: 'calls_hour', message: 'the hour is full', until: now + 60_000 },
  ]);
  // The wait of a killed worker expires soon after the time that it named.
  expect(await batchWaits.find('b', now + 30_000)).toMatchObject([{ kind: 'calls_hour' }]);
  await batchWaits.clear('b', 2);
  expect(await batchWaits.find('b', now + 30_000)).toEqual([]);
});

it('a partition that begins anew has said nothing yet, and the first one takes back what partitions beyond the last have said', async () => {
  const { batchWaits } = await temporaryStore();
  const wait = { kind: 'calls_hour', message: 'the hour is full', until: 10_000 } as const;
  for (const partition of [0, 1, 2]) await batchWaits.record('b', partition, { ...wait, until: 10_000 + partition });
  await batchWaits.begin({ batchId: 'b', partition: 1, partitions: 3 });
  expect(await batchWaits.find('b', 0)).toMatchObject([{ until: 10_002 }]);
  await batchWaits.begin({ batchId: 'b', partition: 0, partitions: 2 });
  expect(await batchWaits.find('b', 0)).toEqual([]);
});

it('a batch that is removed leaves nothing of it', async () => {
  const store = await temporaryStore();
  await runningBatch(store, 'b', 1);
  await store.batchWaits.record('b', 0, { kind: 'breaker', message: 'down', until: 10_000 });
  await store.batches.close('b', { outcome: 'failed', reason: null, continuations: 0, now: new Date() });
  await store.batches.remove('b');
  expect(await store.batchWaits.find('b', 0)).toEqual([]);
});

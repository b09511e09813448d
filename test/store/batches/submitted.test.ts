import { expect, it } from 'vitest';
import { Superseded } from '../../../store/jobs/ledger.ts';
import { runningBatch } from '../../support/batches/batches.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

it("the provider's id of an item's call can be stored again, as the answer to the write may be lost; another id cannot", async () => {
  const store = await temporaryStore();
  const { batchPartitions } = store;
  await runningBatch(store, 'b', 1);
  const { key } = await batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
  await batchPartitions.take(key, 1, 1);
  const now = Date.parse('2026-01-01T10:00:00Z');
  await batchPartitions.admit(key, { position: 0, worstNano: 1, limiter: null, now });
  await batchPartitions.submitted(key, 0, 'resp_1');
  await batchPartitions.submitted(key, 0, 'resp_1');
  await expect(batchPartitions.submitted(key, 0, 'resp_2')).rejects.toThrow(Superseded);
  await batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
  await expect(batchPartitions.submitted(key, 0, 'resp_1')).rejects.toThrow(Superseded);
  expect(await batchPartitions.responseOf('b', 0)).toBe('resp_1');
});

import { expect, it } from 'vitest';
import { Superseded } from '../../../../store/jobs/ledger.ts';
import type { Store } from '../../../../store/store.ts';
import { batchDefinition, words } from '../../../support/batches/batches.ts';
import { twoProcesses } from '../../../support/store/two-processes.ts';

const now = Date.parse('2026-01-01T10:00:00Z');
const hour = 3_600_000;

/** Two processes, and a batch that takes items. */
async function withBatch(): Promise<readonly [Store, Store]> {
  const stores = await twoProcesses();
  await stores[0].batches.create({ id: 'b', definition: batchDefinition(), now: new Date(now) });
  return stores;
}

it('P28: one upload at a time sends items to a batch, also when two processes take them', async () => {
  const [here, there] = await withBatch();
  const first = await here.uploadLocks.acquire('b', now);
  expect(await there.uploadLocks.acquire('b', now)).toBeNull();
  if (first === null) throw new Error('the first upload was refused');
  await here.batchItems.import('b', words(2), first);
  await here.uploadLocks.release(first);
  expect(await there.uploadLocks.acquire('b', now)).toMatchObject({ batchId: 'b' });
});

it('P28: an upload that fell silent is taken over, and stores nothing more', async () => {
  const [here, there] = await withBatch();
  const silent = await here.uploadLocks.acquire('b', now);
  if (silent === null) throw new Error('the first upload was refused');
  const next = await there.uploadLocks.acquire('b', now + hour);
  if (next === null) throw new Error('the second upload was refused');
  await expect(here.batchItems.import('b', words(2), silent)).rejects.toThrow(Superseded);
  expect(await here.uploadLocks.renew(silent, now + hour)).toBe(false);
  await here.uploadLocks.release(silent);
  expect(await there.batchItems.import('b', words(3), next)).toEqual({ from: 0, to: 3 });
});

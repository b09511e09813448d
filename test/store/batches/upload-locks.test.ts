import { expect, it, onTestFinished } from 'vitest';
import { Superseded } from '../../../store/jobs/ledger.ts';
import { openStore, type Store } from '../../../store/store.ts';
import { batchDefinition, words } from '../../support/batches/batches.ts';
import { temporaryFolder } from '../../support/temporary-store.ts';

const now = Date.parse('2026-01-01T10:00:00Z');
const hour = 3_600_000;

/** The store as two processes have it open, with a batch that takes items. */
async function twoProcesses(): Promise<readonly [Store, Store]> {
  const folder = await temporaryFolder();
  const stores = [await openStore({ dataFolder: folder }), await openStore({ dataFolder: folder })] as const;
  onTestFinished(async () => void (await Promise.all(stores.map((store) => store.close()))));
  await stores[0].batches.create({ id: 'b', tenant: 'default', definition: batchDefinition(), now: new Date(now) });
  return stores;
}

it('P28: one upload at a time sends items to a batch, also when two processes take them', async () => {
  const [here, there] = await twoProcesses();
  const first = await here.uploadLocks.acquire('b', now);
  expect(await there.uploadLocks.acquire('b', now)).toBeNull();
  if (first === null) throw new Error('the first upload was refused');
  await here.batchItems.import('b', words(2), first);
  await here.uploadLocks.release(first);
  expect(await there.uploadLocks.acquire('b', now)).toMatchObject({ batchId: 'b' });
});

it('P28: an upload that fell silent is taken over, and stores nothing more', async () => {
  const [here, there] = await twoProcesses();
  const silent = await here.uploadLocks.acquire('b', now);
  if (silent === null) throw new Error('the first upload was refused');
  const next = await there.uploadLocks.acquire('b', now + hour);
  if (next === null) throw new Error('the second upload was refused');
  await expect(here.batchItems.import('b', words(2), silent)).rejects.toThrow(Superseded);
  expect(await here.uploadLocks.renew(silent, now + hour)).toBe(false);
  await here.uploadLocks.release(silent);
  expect(await there.batchItems.import('b', words(3), next)).toEqual({ from: 0, to: 3 });
});

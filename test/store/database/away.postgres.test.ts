/** A PostgreSQL server that is away for a moment, and one that is asked for more transactions than it has connections. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../../store/database/database.ts';
import { inTransaction, lockJob, noLock, persistently } from '../../../store/database/transactions.ts';
import { runningBatch } from '../../support/batches/batches.ts';
import { unsteadyServer } from '../../support/postgres/unsteady-server.ts';
import { openTemporary, temporaryPlace } from '../../support/temporary-store.ts';

const request = { worstNano: 1, limiter: null, now: Date.parse('2026-01-01T10:00:00Z') };

it("the provider's id of an item's call is stored when the server is back", async () => {
  const place = await temporaryPlace();
  const server = await unsteadyServer(place.databaseUrl ?? '');
  const store = await openTemporary({ ...place, databaseUrl: server.url });
  await runningBatch(store, 'b', 1);
  const { key } = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
  await store.batchPartitions.take(key, 1, 1);
  expect(await store.batchPartitions.admit(key, { ...request, position: 0 })).toMatchObject({ admitted: true });
  server.cut();
  const written = store.batchPartitions.submitted(key, 0, 'resp_1');
  await vi.waitFor(() => expect(server.refused()).toBeGreaterThan(1));
  server.restore();
  await written;
  expect(await store.batchPartitions.responseOf('b', 0)).toBe('resp_1');
});

it('a write that must not be lost is also tried again when no server listens', async () => {
  const { databaseUrl = '' } = await temporaryPlace();
  const database = await openDatabase({ url: databaseUrl });
  onTestFinished(() => database.destroy());
  const nowhere = Object.assign(new URL(databaseUrl), { port: '1' }).href;
  const addresses = [nowhere, databaseUrl];
  const write = async (): Promise<void> => (await openDatabase({ url: addresses.shift() ?? '' })).destroy();
  await persistently(database, write);
  expect(addresses).toEqual([]);
});

/** All connections are in use until `release`. */
async function busyDatabase() {
  const database = await openDatabase({ url: (await temporaryPlace()).databaseUrl ?? '' });
  onTestFinished(() => database.destroy());
  const released = Promise.withResolvers<undefined>();
  let begun = 0;
  const holding = Array.from({ length: 10 }, () =>
    inTransaction(database, lockJob('j'), async () => {
      begun += 1;
      await released.promise;
    }),
  );
  await vi.waitFor(() => expect(begun).toBe(10));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const release = async (): Promise<void> => {
    vi.useRealTimers();
    released.resolve(undefined);
    await Promise.all(holding);
  };
  onTestFinished(release);
  return { database, release };
}

it('transactions wait for their turn, however many there are', async () => {
  const { database, release } = await busyDatabase();
  const waiting = Array.from({ length: 1000 }, (_, index) => inTransaction(database, noLock, async () => index));
  await vi.advanceTimersByTimeAsync(14_000);
  await release();
  expect(await Promise.all(waiting)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
});

it('a transaction that gets no connection fails before the attempt that waits for it is over', async () => {
  const { database } = await busyDatabase();
  const ended = vi.fn<(error: unknown) => void>();
  inTransaction(database, noLock, async () => undefined).catch(ended);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(ended).toHaveBeenCalledWith(expect.objectContaining({ message: expect.stringContaining('timeout exceeded') }));
});

it('a write that must not be lost is tried again after its first failure, however long that took', async () => {
  const { databaseUrl = '' } = await temporaryPlace();
  const database = await openDatabase({ url: databaseUrl });
  onTestFinished(async () => {
    vi.useRealTimers();
    await database.destroy();
  });
  vi.useFakeTimers({ toFake: ['Date'] });
  const write = vi.fn<() => Promise<string>>().mockResolvedValue('written');
  write.mockImplementationOnce(async () => {
    vi.setSystemTime(Date.now() + 120_000);
    throw new Error('timeout exceeded when trying to connect');
  });
  expect(await persistently(database, write)).toBe('written');
});

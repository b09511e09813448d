/** Transactions of several processes on one file. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../../store/database/database.ts';
import { makeOlderDatabase } from '../../support/older-database.ts';
import { temporaryFolder } from '../../support/temporary-store.ts';

it('a transaction that reads before it writes keeps other processes from writing between', async () => {
  const file = join(await temporaryFolder(), 'test.db');
  const database = await openDatabase({ file });
  onTestFinished(() => database.destroy());
  const other = new DatabaseSync(file, { timeout: 0 });
  onTestFinished(() => other.close());
  const row = { name: 'a', message: 'm', at: '2026-01-01' };
  await database.transaction().execute(async (transaction) => {
    await transaction.selectFrom('switches').selectAll().execute();
    expect(() => other.exec("insert into switches values ('b', 'm', '2026-01-01')")).toThrow('locked');
    await transaction.insertInto('switches').values(row).execute();
  });
  expect(await database.selectFrom('switches').selectAll().execute()).toEqual([row]);
});

it('a process waits for the migrations of another one longer than for a transaction, and goes on after its end', async () => {
  const file = join(await temporaryFolder(), 'test.db');
  await makeOlderDatabase({ file });
  const other = new DatabaseSync(file);
  onTestFinished(() => other.close());
  other.exec('begin immediate');
  let minutes = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    minutes += 1;
    return minutes * 60_000;
  });
  onTestFinished(() => clock.mockRestore());
  const opening = openDatabase({ file });
  await vi.waitUntil(() => minutes > 10);
  other.exec('rollback');
  clock.mockRestore();
  const database = await opening;
  onTestFinished(() => database.destroy());
  expect(await database.selectFrom('switches').selectAll().execute()).toEqual([]);
});

it('says that another process holds the database when the wait was too long', async () => {
  const file = join(await temporaryFolder(), 'test.db');
  await makeOlderDatabase({ file });
  const other = new DatabaseSync(file);
  onTestFinished(() => other.close());
  other.exec('begin immediate');
  let hours = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    hours += 1;
    return hours * 3_600_000;
  });
  onTestFinished(() => clock.mockRestore());
  await expect(openDatabase({ file })).rejects.toThrow('another process has held it for an hour; end that one');
});

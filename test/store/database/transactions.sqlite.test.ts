/** Transactions of several processes on one file. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../store/database/database.ts';
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

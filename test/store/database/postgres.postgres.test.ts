/** What PostgreSQL alone can do to the store: wait, deadlock, refuse, and hold what a number cannot. */
import { sql } from 'kysely';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase, type Database } from '../../../store/database/database.ts';
import { inTransaction, lockBatch, lockJob, persistently } from '../../../store/database/transactions.ts';
import { insertEvent } from '../../../store/jobs/events.ts';
import { openStores, type Store } from '../../../store/store.ts';
import { SettingsProblem } from '../../../workflows/contract/settings.ts';
import { sealedBatch } from '../../support/batches/batches.ts';
import { aiStep, jobInput } from '../../support/definitions.ts';
import { openTemporary, temporaryPlace } from '../../support/temporary-store.ts';

const now = new Date('2026-01-01T00:00:00.000Z');

async function opened(): Promise<{ readonly database: Database; readonly store: Store; readonly url: string }> {
  const place = await temporaryPlace();
  const url = place.databaseUrl ?? '';
  const store = await openTemporary(place);
  const database = await openDatabase({ url });
  onTestFinished(() => database.destroy());
  return { database, store, url };
}

/** Resolves when a connection of the database waits for a lock. */
async function untilBlocked(database: Database): Promise<void> {
  const blocked = sql<{ count: number }>`select count(*) as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  await vi.waitFor(async () => expect((await blocked.execute(database)).rows).toEqual([{ count: 1 }]), 20_000);
}

async function addressWith(parts: Partial<Pick<URL, 'pathname' | 'port' | 'password'>>): Promise<string> {
  const { databaseUrl } = await temporaryPlace();
  return Object.assign(new URL(databaseUrl ?? ''), { password: 'geheim', ...parts }).href;
}

async function refusalOf(databaseUrl: string): Promise<Error> {
  const { dataFolder } = await temporaryPlace();
  const refused = await openStores({ dataFolder, databaseUrl }).catch((error: unknown) => error);
  if (refused instanceof Error) return refused;
  throw new Error('the store was opened');
}

it('an event waits for one that was written before it and is not committed', async () => {
  const { database, store } = await opened();
  await store.jobs.open('j', jobInput({ steps: [aiStep('write')] }), now);
  const later: Promise<void>[] = [];
  await inTransaction(database, lockJob('j'), async (transaction) => {
    await insertEvent(transaction, { jobId: 'j', type: 'note', message: 'first' });
    later.push(store.events.append({ jobId: 'j', type: 'note', message: 'second' }));
    await untilBlocked(database);
    expect(await store.events.after('j', 0, 10)).toEqual([]);
  });
  await Promise.all(later);
  expect((await store.events.after('j', 0, 10)).map(({ message }) => message)).toEqual(['first', 'second']);
});

it('an event of a batch likewise', async () => {
  const { database, store } = await opened();
  await sealedBatch(store, 'b', 1);
  const later: Promise<void>[] = [];
  await inTransaction(database, lockBatch('b'), async (transaction) => {
    await insertEvent(transaction, { jobId: 'b', type: 'note', message: 'first' });
    later.push(store.events.append({ jobId: 'b', type: 'note', message: 'second' }));
    await untilBlocked(database);
  });
  await Promise.all(later);
  expect((await store.events.after('b', 0, 10)).map(({ message }) => message)).toEqual(['first', 'second']);
});

it('of two transactions that wait for each other, the one that PostgreSQL aborts is run again', async () => {
  const { database, store } = await opened();
  await sealedBatch(store, 'a', 1);
  await sealedBatch(store, 'b', 1);
  const both = Promise.withResolvers<undefined>();
  let holders = 0;
  let runs = 0;
  const take = (first: string, second: string) =>
    inTransaction(database, lockBatch(first), async (transaction) => {
      runs += 1;
      holders += 1;
      if (holders >= 2) both.resolve(undefined);
      await both.promise;
      await lockBatch(second)(transaction);
      await insertEvent(transaction, { jobId: first, type: 'note', message: second });
    });
  await Promise.all([take('a', 'b'), take('b', 'a')]);
  expect(runs).toBe(3);
  for (const id of ['a', 'b']) expect(await store.events.after(id, 0, 10)).toHaveLength(1);
});

it('a database that is not there is refused as a setting, and one that cannot be reached is reported, without the password', async () => {
  const missing = await refusalOf(await addressWith({ pathname: '/nowhere' }));
  expect(missing).toBeInstanceOf(SettingsProblem);
  expect(missing.message).toMatch(/^PostgreSQL refuses the database nowhere at .*Check LODESTONE_DATABASE_URL\.$/);
  const unreachable = await refusalOf(await addressWith({ port: '1' }));
  expect(unreachable).not.toBeInstanceOf(SettingsProblem);
  expect(unreachable.message).toMatch(/^The database \S+ at \S+:1 cannot be reached: connect E/);
  expect([missing.message, unreachable.message].join('\n')).not.toContain('geheim');
});

it('several processes that open a new database at once make its tables once', async () => {
  const { database, url } = await opened();
  await sql`drop schema public cascade`.execute(database);
  await sql`create schema public`.execute(database);
  const { dataFolder } = await temporaryPlace();
  const stores = await Promise.all([1, 2, 3, 4].map(() => openTemporary({ dataFolder, databaseUrl: url })));
  for (const { switches } of stores) expect(await switches.find('batches')).toBeNull();
});

it('tables of another installation in the same database, in a schema of its own, are none of this one', async () => {
  const { database, store, url } = await opened();
  await sql`create schema other`.execute(database);
  const elsewhere = new URL(url);
  elsewhere.searchParams.set('options', '-c search_path=other');
  const { dataFolder } = await temporaryPlace();
  const others = await openTemporary({ dataFolder, databaseUrl: elsewhere.href });
  await others.switches.stop('batches', 'theirs', now);
  expect(await store.switches.find('batches')).toBeNull();
  expect(await others.switches.find('batches')).toMatchObject({ message: 'theirs' });
  const schemas = sql<{ schemaname: string }>`select schemaname from pg_tables
    where tablename in ('switches', 'kysely_migration') order by schemaname`;
  expect((await schemas.execute(database)).rows.map((row) => row.schemaname)).toEqual([
    'other',
    'other',
    'public',
    'public',
  ]);
});

it('a number that is not exact is an error, and a NUL in a text is shown as what cannot be shown', async () => {
  const { database, store } = await opened();
  const large = sql<{ large: number }>`select cast(9007199254740993 as bigint) as large`;
  await expect(large.execute(database)).rejects.toThrow('9007199254740993');
  await store.switches.stop('batches', 'a\0b', now);
  expect(await store.switches.find('batches')).toMatchObject({ message: 'a\uFFFDb' });
});

it('a connection that breaks is replaced, and its statement fails', async () => {
  const { database, store } = await opened();
  expect(await store.switches.find('batches')).toBeNull();
  const interrupted = inTransaction(database, lockJob('j'), async (transaction) => {
    await sql`select pg_terminate_backend(pg_backend_pid())`.execute(transaction);
  });
  await expect(interrupted).rejects.toThrow('terminat');
  const others = sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid != pg_backend_pid()`;
  await others.execute(database);
  await vi.waitFor(async () => expect(await store.switches.find('batches')).toBeNull());
});

it('a write that must not be lost is tried again while the server is away, and fails at once for another reason', async () => {
  const { database } = await opened();
  const failures = ['ECONNREFUSED', '57P01', '55P03'].map((code) => Object.assign(new Error('away'), { code }));
  const write = vi.fn<() => Promise<string>>(async () => {
    const error = failures.shift();
    if (error !== undefined) throw error;
    return 'written';
  });
  expect(await persistently(database, write)).toBe('written');
  expect(write).toHaveBeenCalledTimes(4);
  failures.push(Object.assign(new Error('not null'), { code: '23502' }));
  await expect(persistently(database, write)).rejects.toThrow('not null');
});

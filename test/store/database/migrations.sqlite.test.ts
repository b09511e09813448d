/** Migrations of SQLite's file: new ones, those of earlier releases, and those of later ones. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { openStores } from '../../../store/store.ts';
import { SettingsProblem } from '../../../workflows/contract/settings.ts';
import { openTemporary, temporaryFolder } from '../../support/temporary-store.ts';

/** Made by the release before numbered migrations: a demo run, and jobs, batches and more in many states. */
const earlier = join(import.meta.dirname, '..', 'fixtures', 'before-numbered-migrations.db');
const bookkeeping = ['kysely_migration', 'kysely_migration_lock', 'sqlite_sequence'];

/** Tables that have another name since. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['batch_lanes', 'batch_partitions'],
  ['batch_parcels', 'provider_batches'],
  ['provider_gates', 'rate_limiters'],
  ['upload_turns', 'upload_locks'],
]);

/** The row of a rate limiter with the names that two fields of its JSON have since. */
function withBlockedFields(row: readonly unknown[]): readonly unknown[] {
  return row.map((value) => (typeof value === 'string' ? value.replaceAll('"closed', '"blocked') : value));
}

async function earlierFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await copyFile(earlier, join(folder, 'lodestone.db'));
  return folder;
}

function openFile(folder: string): DatabaseSync {
  const file = new DatabaseSync(join(folder, 'lodestone.db'));
  onTestFinished(() => {
    file.close();
  });
  return file;
}

function tablesOf(file: DatabaseSync): readonly string[] {
  const tables = file.prepare("select name from sqlite_master where type = 'table' order by name").all();
  return tables.map(({ name }) => String(name)).filter((name) => !bookkeeping.includes(name));
}

/** Each table's rows as lists of values: a column may get another name, and new ones stand behind. */
function rowsOf(file: DatabaseSync): ReadonlyMap<string, readonly (readonly unknown[])[]> {
  const rows = (table: string) => file.prepare(`select * from ${table} order by rowid`).all();
  return new Map(tablesOf(file).map((table) => [table, rows(table).map((row) => Object.values(row))]));
}

function schemaOf(file: DatabaseSync): unknown {
  const columns = tablesOf(file).map((table) => {
    const found = file.prepare(`select name, type, "notnull", dflt_value, pk from pragma_table_info('${table}')`).all();
    return [table, found.map((column) => JSON.stringify(column)).toSorted()];
  });
  const indexes = file.prepare("select name, sql from sqlite_master where type = 'index' and sql is not null").all();
  return { columns, indexes: indexes.map((index) => JSON.stringify(index)).toSorted() };
}

async function openAndClose(folder: string): Promise<void> {
  const stores = await openStores({ dataFolder: folder });
  await stores.close();
}

it('a database of the release before numbered migrations keeps all of its rows', async () => {
  const folder = await earlierFolder();
  const file = openFile(folder);
  const before = rowsOf(file);
  expect([...before.values()].flat().length).toBeGreaterThan(200);
  await openAndClose(folder);
  const after = rowsOf(file);
  for (const [table, rows] of before) {
    const kept = after.get(renamed.get(table) ?? table)?.map((row, index) => row.slice(0, rows[index]?.length));
    expect(kept, table).toEqual(table === 'provider_gates' ? rows.map(withBlockedFields) : rows);
  }
});

it('has the tables of a new one afterwards', async () => {
  const folders = [await earlierFolder(), await temporaryFolder()] as const;
  const [migrated, made] = await Promise.all(
    folders.map(async (folder) => {
      await openAndClose(folder);
      return schemaOf(openFile(folder));
    }),
  );
  expect(migrated).toEqual(made);
});

it('is read by the store as it was', async () => {
  const store = await openTemporary({ dataFolder: await earlierFolder() });
  const jobs = await store.jobViews.list({ limit: 100 });
  const views = await Promise.all(jobs.map(({ id }) => store.jobViews.find(id)));
  const ends = views.map((job) => job?.outcome ?? String(job?.state));
  expect(ends.toSorted()).toEqual(['accepted', 'cancelled', 'completed', 'completed', 'failed', 'running']);
  const demo = jobs.find(({ leadMagnet }) => leadMagnet.slug === 'website-audit')?.id ?? '';
  const turns = await store.computerTurns.newest({ jobId: demo, stepId: 'look', generation: 1 }, 100);
  expect(turns.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 19 }, (_, index) => index + 1));
  expect(turns[0]).toMatchObject({ recoveryLevel: 'fresh', text: 'Looking again: I was sent no screenshot.' });
  expect((await store.events.after(demo, 0, 1000)).at(-1)?.type).toBe('job.ended');
  expect(await store.approvals.open(10)).toMatchObject([{ jobId: 'job_waiting', approval: { requestId: 'r2' } }]);
  const { deliveries } = await store.deliveryViews.list({ limit: 100 });
  expect(deliveries.filter(({ state }) => state === 'delivered')).toHaveLength(2);
  expect(await store.acrossTenants.redeliveriesNotHandedOver(10)).toMatchObject([
    { jobId: 'job_undelivered', number: 1 },
  ]);
  const batches = await store.batches.list({ limit: 10 });
  expect(new Map(batches.map(({ id, state }) => [id, state]))).toEqual(
    new Map([
      ['batch_running', 'running'],
      ['batch_economy', 'running'],
      ['batch_queued', 'queued'],
      ['batch_cancelled', 'ended'],
    ]),
  );
  const items = await store.batchItems.page('batch_running', { after: null, limit: 10 });
  expect(items.map(({ status }) => status)).toEqual([
    'succeeded',
    'failed',
    'uncertain',
    'pending',
    'submitted',
    'pending',
  ]);
  const limiter = await store.rateLimiters.find('https://api.openai.com gpt-5.4-mini');
  expect(limiter).toMatchObject({ blockedUntil: 1796008062649, blockedBy: 'rate_limit', requests: { left: 10 } });
  expect(await store.switches.find('batches')).toMatchObject({ message: 'stopped by ada' });
  expect(await store.acrossTenants.providerEvents.unnamed(10)).toEqual(['resp_unknown']);
});

it('a database of an earlier release still gets the columns that it lacks, also when several open it at once', async () => {
  const folder = await earlierFolder();
  const file = openFile(folder);
  const complete = schemaOf(file);
  for (const column of ['number', 'handed_over', 'last_error', 'changed_at']) {
    file.exec(`alter table deliveries drop column ${column}`);
  }
  file.exec('alter table steps drop column sequence; drop table parts');
  expect(schemaOf(file)).not.toEqual(complete);
  await Promise.all([openAndClose(folder), openAndClose(folder), openAndClose(folder)]);
  await openAndClose(folder);
  const unset = "select count(*) as count from deliveries where changed_at = ''";
  expect(file.prepare(unset).get()).toMatchObject({ count: 0 });
});

it('a database of a newer release is refused, with what to do, and not touched', async () => {
  const folder = await temporaryFolder();
  await openAndClose(folder);
  const file = openFile(folder);
  file.exec("insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')");
  const schema = schemaOf(file);
  const refused = await openAndClose(folder).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(SettingsProblem);
  expect(String(refused)).toContain('lodestone.db belongs to a newer release of Lodestone: its migration 9999-later');
  expect(String(refused)).toContain('Start the newer release');
  expect(schemaOf(file)).toEqual(schema);
});

it('a process that finds one ends with the code of refused settings', async () => {
  const folder = await temporaryFolder();
  await openAndClose(folder);
  openFile(folder).exec("insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')");
  const environment = { ...process.env, LODESTONE_DATA_DIR: folder, LODESTONE_API_PORT: '0' };
  const api = spawn(process.execPath, ['client/api/main.ts'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([text(api.stderr), once(api, 'exit')]);
  expect(said).toContain('belongs to a newer release');
  expect(code).toBe(78);
});

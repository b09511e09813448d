/** A real store in a folder of its own, and a database of its own where the tests run on PostgreSQL; gone afterwards. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';
import { openStore, type Store, type StorePlace } from '../../store/store.ts';

/** The address of a PostgreSQL server's own database, where the tests of the store are to run there. */
const server = process.env['LODESTONE_TEST_POSTGRES'];

export async function temporaryStore(): Promise<Store> {
  return openTemporary(await temporaryPlace());
}

/** Opens a place once more, as another process would. */
export async function openTemporary(place: StorePlace): Promise<Store> {
  const store = await openStore(place);
  onTestFinished(() => store.close());
  return store;
}

/** Where nothing is yet. */
export async function temporaryPlace(): Promise<StorePlace> {
  const dataFolder = await temporaryFolder();
  return server === undefined ? { dataFolder } : { dataFolder, databaseUrl: await temporaryDatabase(server) };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function temporaryDatabase(url: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(url, `create database ${name}`);
  onTestFinished(() => onServer(url, `drop database ${name} with (force)`));
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

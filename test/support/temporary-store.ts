/** A real store in a folder of its own, gone when the test is over. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore, type Store } from '../../store/store.ts';

export async function temporaryStore(): Promise<Store> {
  const store = await openStore({ dataFolder: await temporaryFolder() });
  onTestFinished(() => store.close());
  return store;
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

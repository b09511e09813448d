/** A backup and the removal of files at the same time: the sweep runs when the databases are copied and the files are not. */
import * as files from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished, vi } from 'vitest';
import * as snapshot from '../../../store/backup/snapshot.ts';
import { restoreBackup } from '../../../store/backup/restore.ts';
import { writeBackup } from '../../../store/backup/write-backup.ts';
import { holdContents } from '../../../store/artifacts/content-holds.ts';
import { openTemporary, temporaryFolder } from '../../support/temporary-store.ts';
import { after, world } from '../artifacts/content-world.ts';

vi.mock('../../../store/backup/snapshot.ts', { spy: true });
vi.mock('node:fs/promises', { spy: true });
const real = await vi.importActual<typeof snapshot>('../../../store/backup/snapshot.ts');

/** A job that ended 30 days before its files are removed, and a backup in which something happens after the databases' copy. */
async function oldJob() {
  const made = await world();
  const { store, place, put, endedJob, sweep } = made;
  await endedJob('old');
  const sha256 = await put('a report', 'report.txt', 'old');
  const folder = await temporaryFolder();
  const file = join(folder, 'backup.tar');
  const elsewhere = join(folder, 'elsewhere');
  return {
    ...made,
    sha256,
    /** Removes all that the retention and the sweep would remove. */
    removeAll: async (): Promise<void> => {
      await store.acrossTenants.contentSweep.expireJobs({ days: 30, now: after(30), limit: 10 });
      await sweep(after(32));
    },
    backup: async (meanwhile: () => Promise<void>) => {
      vi.mocked(snapshot.copyDatabases).mockImplementationOnce(async (...parts) => {
        await real.copyDatabases(...parts);
        await meanwhile();
      });
      const request = { dataFolder: place.dataFolder, file, ownTemporal: false, release: '0.1.0', now: after(30) };
      return writeBackup({ ...request, progress: () => undefined });
    },
    restored: async () => {
      await restoreBackup({ file, dataFolder: elsewhere, progress: () => undefined });
      return openTemporary({ dataFolder: elsewhere });
    },
  };
}

it('holds all files that its copy of the database names, though they are to be removed meanwhile', async () => {
  const { backup, removeAll, restored, sha256, has, sweep } = await oldJob();
  const manifest = await backup(removeAll);
  expect(manifest).toMatchObject({ missing: [], contents: { count: 1 } });
  const copy = await restored();
  expect(await copy.artifacts.find('old', 'report.txt')).toMatchObject({ sha256 });
  expect((await copy.artifacts.getContent(sha256)).toString()).toBe('a report');
  expect(await has(sha256)).toBe(true);
  await sweep(after(33));
  expect(await has(sha256)).toBe(false);
});

it('says that it is incomplete when it was stopped for so long that its files were removed', async () => {
  const { backup, removeAll, restored } = await oldJob();
  onTestFinished(() => void vi.useRealTimers());
  const stopped = async (): Promise<void> => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    await removeAll();
  };
  await expect(backup(stopped)).rejects.toThrow('Make it again');
  await expect(restored()).rejects.toThrow('There is no backup');
});

it('holds off the removal no longer than a minute after its process died', async () => {
  const { place, removeAll, sha256, has, sweep } = await oldJob();
  const hold = await holdContents(join(place.dataFolder, 'lodestone.db'));
  onTestFinished(async () => {
    vi.useRealTimers();
    await hold?.release();
  });
  await removeAll();
  expect(await has(sha256)).toBe(true);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
  await sweep(after(33));
  expect(await has(sha256)).toBe(false);
});

it('ends its hold although its own files cannot be removed', async () => {
  const { place, backup } = await oldJob();
  const failing = async (): Promise<void> => {
    vi.mocked(files.rm).mockRejectedValueOnce(new Error('the folder is busy'));
  };
  await expect(backup(failing)).rejects.toThrow('the folder is busy');
  expect(statementOn(place.dataFolder, 'select count(*) as holds from content_holds')).toEqual([{ holds: 0 }]);
});

it('is made although its hold cannot be ended: a hold expires by itself', async () => {
  const { place, backup, restored, sha256 } = await oldJob();
  const locked = async (): Promise<void> => {
    statementOn(
      place.dataFolder,
      `create trigger keep before delete on content_holds begin select raise(abort, 'no'); end`,
    );
  };
  expect(await backup(locked)).toMatchObject({ missing: [], contents: { count: 1 } });
  expect(await (await restored()).artifacts.find('old', 'report.txt')).toMatchObject({ sha256 });
});

it('leaves no connection open when the hold cannot be taken', async () => {
  const folder = await temporaryFolder();
  statementOn(folder, 'pragma journal_mode = wal');
  statementOn(folder, 'create table content_holds (id text)');
  await expect(holdContents(join(folder, 'lodestone.db'))).rejects.toThrow('no such column');
  // The last connection that closes removes the write-ahead log.
  expect(await files.readdir(folder)).toEqual(['lodestone.db']);
});

function statementOn(folder: string, statement: string): readonly unknown[] {
  const database = new DatabaseSync(join(folder, 'lodestone.db'));
  try {
    return database
      .prepare(statement)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

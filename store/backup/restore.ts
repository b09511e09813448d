/**
 * Restores a backup into an empty data folder. All of it is verified in a folder beside before anything is put in place; the
 * store's database comes last, so that a restore that was cut off is seen to be none.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../database/database.ts';
import { lockName, takeLock } from '../platform/instance-lock.ts';
import { BackupProblem, storeDatabase, temporalDatabase } from './manifest.ts';
import { readArchive, type ReadBackup } from './read-archive.ts';

export interface RestoreRequest {
  readonly file: string;
  /** Must be empty, or not be there. */
  readonly dataFolder: string;
  readonly progress: (text: string) => void;
}

/** Throws `BackupProblem` when the folder or the backup will not do. Nothing is left of a restore that failed. */
export async function restoreBackup({ file, dataFolder, progress }: RestoreRequest): Promise<ReadBackup> {
  await checkFile(file);
  const release = await takeLock(dataFolder, 'lodestone restore').catch((error: unknown) => {
    throw new BackupProblem(error instanceof Error ? error.message : String(error));
  });
  const work = join(dataFolder, `restoring.${randomUUID()}`);
  try {
    await checkEmpty(dataFolder);
    await mkdir(work, { mode: 0o700 });
    const read = await readArchive(file, work, progress);
    await handOverAgain(join(work, storeDatabase));
    for (const name of ['artifacts', temporalDatabase, storeDatabase]) {
      if (await exists(join(work, name))) await rename(join(work, name), join(dataFolder, name));
    }
    return read;
  } finally {
    await rm(work, { recursive: true, force: true });
    await release();
  }
}

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile()) throw new BackupProblem(`There is no backup ${file}.`);
}

async function checkEmpty(dataFolder: string): Promise<void> {
  const [name] = (await readdir(dataFolder)).filter((entry) => entry !== lockName);
  if (name === undefined) return;
  throw new BackupProblem(
    `${dataFolder} is not empty (it holds ${name}): a backup is restored into an empty folder. ` +
      'Name another in LODESTONE_DATA_DIR, or move that one away.',
  );
}

/**
 * Temporal's copy is a moment older than the store's: what was handed to Temporal in between is not there. It is handed over
 * again; where it is there, that changes nothing.
 */
async function handOverAgain(file: string): Promise<void> {
  const database = await openDatabase({ file });
  try {
    await database.updateTable('jobs').set({ handed_over: 0 }).where('state', '=', 'accepted').execute();
    await database
      .updateTable('deliveries')
      .set({ handed_over: 0 })
      .where('state', '=', 'waiting')
      .where('number', '>', 0)
      .execute();
  } finally {
    await database.destroy();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

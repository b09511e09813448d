/**
 * Writes a backup of the embedded default (SQLite, the folder of files, the database of Temporal's dev server) while it runs.
 * The databases are copied first; what the copy names is content that never changes, and is copied after.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createFolderContents } from '../artifacts/folder-contents.ts';
import type { Contents } from '../artifacts/contents.ts';
import { holdContents, type ContentHold } from '../artifacts/content-holds.ts';
import { neededAfter } from '../artifacts/references.ts';
import { openDatabase, type Database } from '../database/database.ts';
import { newestMigration } from '../database/migrate.ts';
import { Archive } from './archive.ts';
import {
  backupFormat,
  BackupProblem,
  ContentCount,
  contentsPrefix,
  headerName,
  manifestName,
  storeDatabase,
  temporalDatabase,
  type DatabaseName,
  type Header,
  type Manifest,
} from './manifest.ts';
import { copyDatabases } from './snapshot.ts';

export interface BackupRequest {
  readonly dataFolder: string;
  /** Must not exist. */
  readonly file: string;
  /** Whether Temporal's own database is in the data folder; an existing server keeps its elsewhere. */
  readonly ownTemporal: boolean;
  readonly release: string;
  readonly now: Date;
  readonly progress: (text: string) => void;
}

const atOnce = 500;

/** Returns what the backup holds. Throws `BackupProblem`; nothing is left of a backup that failed. */
export async function writeBackup(request: BackupRequest): Promise<Manifest> {
  const { dataFolder, file } = request;
  const names = await databasesOf(request);
  await mkdir(dirname(resolve(file)), { recursive: true });
  if (await exists(file)) throw new BackupProblem(`${file} exists already: a backup overwrites nothing.`);
  // Before the copy: from then on, no content that the copy names is removed.
  const hold = await holdContents(join(dataFolder, storeDatabase));
  try {
    return await writeHeld(request, names, hold);
  } finally {
    await hold?.release();
  }
}

async function writeHeld(
  request: BackupRequest,
  names: readonly DatabaseName[],
  hold: ContentHold | null,
): Promise<Manifest> {
  const { dataFolder, file } = request;
  const work = `${file}.${randomUUID()}.partial`;
  try {
    await mkdir(work, { mode: 0o700 });
    await copyDatabases(names, dataFolder, work, (name, done) => {
      request.progress(`copying ${name}: ${Math.round(done * 100)} %`);
    });
    const manifest = await writeArchive(request, names, work);
    if (manifest.missing.length > 0 && (await hold?.lasted()) === false) {
      throw new BackupProblem('The backup was stopped for too long, and files were removed meanwhile. Make it again.');
    }
    // A link fails where a rename would overwrite.
    await link(join(work, 'backup.tar'), file).catch((error: unknown) => {
      throw new BackupProblem(`The backup could not be put at ${file}.`, { cause: error });
    });
    return manifest;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function databasesOf({ dataFolder, ownTemporal }: BackupRequest): Promise<readonly DatabaseName[]> {
  if (!(await exists(join(dataFolder, storeDatabase)))) {
    throw new BackupProblem(`There is no Lodestone in ${dataFolder}: it has no ${storeDatabase}.`);
  }
  const hasTemporal = ownTemporal && (await exists(join(dataFolder, temporalDatabase)));
  return hasTemporal ? [temporalDatabase, storeDatabase] : [storeDatabase];
}

async function writeArchive(request: BackupRequest, names: readonly DatabaseName[], work: string): Promise<Manifest> {
  const { dataFolder, release, now } = request;
  // Also brings the copy to this release's tables, and refuses one of a newer release.
  const database = await openDatabase({ file: join(work, storeDatabase) });
  const archive = new Archive(join(work, 'backup.tar'), now);
  try {
    const header: Header = { format: backupFormat, release, migration: newestMigration, madeAt: now.toISOString() };
    await archive.json(headerName, header);
    const copied = await writeContents(request, archive, database, createFolderContents(join(dataFolder, 'artifacts')));
    // Closed, it is one file again.
    await database.destroy();
    const databases = [];
    for (const name of names) databases.push({ name, ...(await archive.file(name, join(work, name))) });
    const manifest = { databases, ...copied };
    await archive.json(manifestName, manifest);
    await archive.end();
    return manifest;
  } catch (error) {
    archive.destroy();
    throw error;
  } finally {
    await database.destroy();
  }
}

async function writeContents(
  { progress }: BackupRequest,
  archive: Archive,
  database: Database,
  contents: Contents,
): Promise<Omit<Manifest, 'databases'>> {
  const count = new ContentCount();
  const missing: string[] = [];
  const damaged: string[] = [];
  for (let after = ''; ;) {
    const hashes = await neededAfter(database, after, atOnce);
    for (const sha256 of hashes) {
      const head = await contents.head(sha256);
      if (head === null) {
        missing.push(sha256);
        continue;
      }
      const { bytes } = head;
      // As a range it is not verified: what is damaged is told, and does not end the backup.
      const parts = bytes === 0 ? [] : contents.read(sha256, { start: 0, end: bytes - 1 });
      const stored = await archive.entry(`${contentsPrefix}${sha256}`, bytes, parts);
      if (stored.sha256 === sha256) count.add(sha256, bytes);
      else damaged.push(sha256);
      const { count: files, bytes: all } = count.total();
      progress(`copying files: ${files} files, ${(all / 1e6).toFixed(1)} MB`);
    }
    const last = hashes.at(-1);
    if (last === undefined) return { contents: count.total(), missing, damaged };
    after = last;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

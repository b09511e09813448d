/** Reads a backup's tar and verifies it, an entry at a time: what it holds is put into a folder that nothing uses yet. */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { extract, type Header as TarHeader } from 'tar-stream';
import { z } from 'zod';
import type { StoredContent } from '../artifacts/contents.ts';
import { createFolderContents } from '../artifacts/folder-contents.ts';
import { measured } from '../artifacts/verified.ts';
import { bytesOf } from './archive.ts';
import { isKnownMigration, newestMigration } from '../database/migrate.ts';
import {
  backupFormat,
  BackupProblem,
  ContentCount,
  contentsPrefix,
  headerName,
  HeaderSchema,
  manifestName,
  ManifestSchema,
  storeDatabase,
  temporalDatabase,
  type Header,
  type Manifest,
} from './manifest.ts';

export interface ReadBackup {
  readonly header: Header;
  readonly manifest: Manifest;
}

/** What an entry of the tar tells and holds. */
interface Entry extends AsyncIterable<unknown> {
  readonly header: Pick<TarHeader, 'name' | 'type' | 'size'>;
}

const mostJsonBytes = 256 * 2 ** 20;

/** Throws `BackupProblem` for a file that is no backup, is cut off, was changed, or is of a newer release. */
export async function readArchive(file: string, folder: string, progress: (text: string) => void): Promise<ReadBackup> {
  const reading = new ArchiveReading(folder, progress);
  const entries = extract();
  const content = pipeline(createReadStream(file), entries);
  // It fails before or after the loop does; the loop's own error may be the better one.
  content.catch(() => undefined);
  try {
    for await (const entry of entries) await reading.take(entry);
    await content;
  } catch (error) {
    if (error instanceof BackupProblem) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new BackupProblem(`${file} cannot be read as a backup: ${why}.`, { cause: error });
  }
  return reading.end();
}

class ArchiveReading {
  readonly #folder: string;
  readonly #progress: (text: string) => void;
  readonly #count = new ContentCount();
  readonly #databases = new Map<string, StoredContent>();
  readonly #restored = new Set<string>();
  readonly #changed: string[] = [];
  #header: Header | null = null;
  #manifest: Manifest | null = null;

  constructor(folder: string, progress: (text: string) => void) {
    this.#folder = folder;
    this.#progress = progress;
  }

  async take(entry: Entry): Promise<void> {
    const { name, type } = entry.header;
    if (type !== 'file') throw new BackupProblem(`It is no backup of Lodestone: ${name} is no file.`);
    if (name === headerName) this.#header = readHeader(await json(entry));
    else if (this.#header === null) throw new BackupProblem('It is no backup of Lodestone: it does not begin as one.');
    else if (name === manifestName) this.#manifest = ManifestSchema.parse(await json(entry));
    else if (name === storeDatabase || name === temporalDatabase) await this.#takeDatabase(name, entry);
    else if (name.startsWith(contentsPrefix)) await this.#takeContent(name.slice(contentsPrefix.length), entry);
    else throw new BackupProblem(`It is no backup of Lodestone: it holds ${name}.`);
  }

  async #takeDatabase(name: string, entry: Entry): Promise<void> {
    this.#progress(`restoring ${name}`);
    const { parts, stored } = measured(bytesOf(entry));
    await pipeline(Readable.from(parts), createWriteStream(join(this.#folder, name), { flags: 'wx', mode: 0o600 }));
    this.#databases.set(name, stored());
  }

  async #takeContent(sha256: string, entry: Entry): Promise<void> {
    const contents = createFolderContents(join(this.#folder, 'artifacts'));
    const stored = await contents.put(bytesOf(entry));
    if (stored.sha256 === sha256) {
      this.#restored.add(sha256);
      this.#count.add(sha256, stored.bytes);
      const { count, bytes } = this.#count.total();
      this.#progress(`restoring files: ${count} files, ${(bytes / 1e6).toFixed(1)} MB`);
      return;
    }
    this.#changed.push(sha256);
    // What a damaged file holds now may be the content of another one that is whole.
    if (!this.#restored.has(stored.sha256)) await contents.remove(stored.sha256, new Date(Date.now() + 60_000));
  }

  end(): ReadBackup {
    const header = this.#header;
    const manifest = this.#manifest;
    if (header === null || manifest === null) {
      throw new BackupProblem('The backup is cut off: its end is missing. Nothing was restored.');
    }
    const changed = this.#changed.find((hash) => !manifest.damaged.includes(hash));
    const wrong = manifest.databases.find(({ name, sha256 }) => this.#databases.get(name)?.sha256 !== sha256);
    const differs = JSON.stringify(this.#count.total()) !== JSON.stringify(manifest.contents);
    if (changed !== undefined || wrong !== undefined || differs || manifest.databases.length !== this.#databases.size) {
      const what = wrong?.name ?? (changed === undefined ? 'its list of files' : `${contentsPrefix}${changed}`);
      throw new BackupProblem(`The backup was changed or damaged: ${what} has another checksum. Nothing was restored.`);
    }
    if (!this.#databases.has(storeDatabase)) throw new BackupProblem(`The backup holds no ${storeDatabase}.`);
    return { header, manifest };
  }
}

/** What a newer release wrote is refused before anything else of it is read. */
function readHeader(value: unknown): Header {
  const { format, release, migration } = z.looseObject(HeaderSchema.shape).partial().parse(value);
  if ((format ?? 0) > backupFormat || (migration !== undefined && !isKnownMigration(migration))) {
    throw new BackupProblem(
      `The backup was made by a newer release of Lodestone (${release ?? 'unknown'}, migration ${migration ?? 'unknown'}): ` +
        `this one knows migrations up to ${newestMigration}. Restore it with that release.`,
    );
  }
  return HeaderSchema.parse(value);
}

async function json(entry: Entry): Promise<unknown> {
  const { name, size } = entry.header;
  if (size > mostJsonBytes) throw new BackupProblem(`It is no backup of Lodestone: ${name} has ${size} bytes.`);
  return JSON.parse((await buffer(bytesOf(entry))).toString('utf8'));
}

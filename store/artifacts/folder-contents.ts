/**
 * Content in a folder: `<first two digits>/<hash>`. It is written to a temporary name and renamed, so that a killed
 * process leaves no half file. Several processes may use the folder at once.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { checkHash, ContentProblem, type ByteRange, type Contents, type StoredContent } from './contents.ts';
import { inParts, measured, verified } from './verified.ts';
import { timedStoreWork } from '../database/store-times.ts';

/** Content up to this size is hashed at once, and is not written when it is there already. */
const smallBytes = 1024 * 1024;

const hashName = /^[0-9a-f]{64}$/;
/** Of a file that is being written or removed: `incoming.<id>` or `<hash>.<id>`. */
const unfinishedName = /^(incoming|[0-9a-f]{64})\.[0-9a-f-]{36}$/;

export function createFolderContents(folder: string): Contents {
  const pathOf = (sha256: string): string => {
    checkHash(sha256);
    return join(folder, sha256.slice(0, 2), sha256);
  };
  const head = async (sha256: string) => {
    const found = await orNull(stat(pathOf(sha256)));
    return found === null ? null : { bytes: found.size, putAt: found.mtime };
  };

  /** Marks existing content as put again. False when it does not exist, or was truncated by a power failure. */
  const touch = async ({ sha256, bytes }: StoredContent): Promise<boolean> => {
    if ((await head(sha256))?.bytes !== bytes) return false;
    const now = new Date();
    return (await orNull(utimes(pathOf(sha256), now, now).then(() => true))) ?? false;
  };

  const write = async (content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<StoredContent> => {
    const temporary = join(folder, `incoming.${randomUUID()}`);
    await mkdir(folder, { recursive: true });
    try {
      const { parts, stored } = measured(content);
      await writeFile(temporary, parts);
      const { sha256 } = stored();
      await mkdir(join(folder, sha256.slice(0, 2)), { recursive: true });
      await rename(temporary, pathOf(sha256));
      return stored();
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  };

  return {
    head,
    async put(content) {
      // A stream takes as long as its source.
      if (!(content instanceof Uint8Array)) return write(content);
      return timedStoreWork(async () => {
        if (content.byteLength > smallBytes) return write(inParts(content));
        const small = { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.byteLength };
        return (await touch(small)) ? small : write([content]);
      });
    },
    read(sha256, range) {
      const parts = fileParts(pathOf(sha256), sha256, range);
      return Readable.from(range === undefined ? verified(sha256, parts) : parts, { objectMode: false });
    },
    async *list(prefix) {
      const folders = (await orNull(readdir(folder))) ?? [];
      for (const name of folders.filter((one) => /^[0-9a-f]{2}$/.test(one)).toSorted()) {
        if (!name.startsWith(prefix.slice(0, 2))) continue;
        const files = await readdir(join(folder, name));
        for (const sha256 of files.filter((one) => hashName.test(one) && one.startsWith(prefix)).toSorted()) {
          const found = await head(sha256);
          if (found !== null) yield { sha256, ...found };
        }
      }
    },
    async remove(sha256, putBefore) {
      const found = await head(sha256);
      if (found === null || found.putAt >= putBefore) return false;
      const path = pathOf(sha256);
      // It is renamed first: a put after this writes the content again, and a put just before this is detected below.
      const aside = `${path}.${randomUUID()}`;
      if (!(await renamed(path, aside))) return false;
      const wasPut = (await stat(aside)).mtime >= putBefore;
      if (wasPut) await linked(aside, path);
      await rm(aside);
      return !wasPut;
    },
    async removeUnfinished(prefix, before) {
      let removed = 0;
      for (const place of [folder, join(folder, prefix.slice(0, 2))]) {
        for (const name of (await orNull(readdir(place))) ?? []) {
          const path = join(place, name);
          const found = unfinishedName.test(name) ? await orNull(stat(path)) : null;
          if (found === null || found.mtime >= before) continue;
          await rm(path, { force: true });
          removed += 1;
        }
      }
      return removed;
    },
  };
}

async function* fileParts(path: string, sha256: string, range: ByteRange | undefined): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { ...range });
  } catch (error) {
    throw isMissing(error) ? new ContentProblem('missing', sha256) : error;
  }
}

async function renamed(from: string, to: string): Promise<boolean> {
  return (await orNull(rename(from, to).then(() => true))) ?? false;
}

/** Makes a second name; an existing file of that name stays. */
async function linked(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/** Null where there is no such file. */
async function orNull<Value>(found: Promise<Value>): Promise<Value | null> {
  try {
    return await found;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

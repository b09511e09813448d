/**
 * A key that is made once and kept in the data folder, readable by its owner alone. API processes that begin at the same
 * moment come to the same key: each writes its own file whole, and the first that gives it the name has made it.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises';

const bytes = 32;
const ownerAlone = 0o600;

/** Reads the key, making it when it is not there. Throws a sentence when the file holds something else. */
export async function keptKey(path: string): Promise<Uint8Array> {
  const key = (await read(path)) ?? (await make(path));
  if (key.length === bytes) return key;
  throw new Error(`${path} is not a key of ${bytes} bytes: remove it, and a new one is made`);
}

async function read(path: string): Promise<Uint8Array | undefined> {
  try {
    // A copy of the folder may have lost it.
    await chmod(path, ownerAlone);
    return await readFile(path);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function make(path: string): Promise<Uint8Array> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, randomBytes(bytes), { mode: ownerAlone, flag: 'wx' });
  try {
    await link(draft, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
  return readFile(path);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

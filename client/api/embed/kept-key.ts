/**
 * A random key in the data folder, created once and readable by its owner only. API processes that start at the same
 * moment agree on one key: each writes a complete file of its own, and the first to give it the final name wins.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises';

const bytes = 32;
const ownerAlone = 0o600;

/** Reads the key, or creates it. Throws a sentence when the file contains something else. */
export async function keptKey(path: string): Promise<Uint8Array> {
  const key = (await read(path)) ?? (await make(path));
  if (key.length === bytes) return key;
  throw new Error(`${path} is not a key of ${bytes} bytes: remove it, and a new one is made`);
}

async function read(path: string): Promise<Uint8Array | undefined> {
  try {
    // A copy of the folder may lack it.
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

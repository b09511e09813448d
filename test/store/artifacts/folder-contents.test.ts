import { createHash } from 'node:crypto';
import { mkdir, readdir, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createFolderContents } from '../../../store/artifacts/folder-contents.ts';
import type { Contents } from '../../../store/artifacts/contents.ts';
import { temporaryFolder } from '../../support/temporary-store.ts';

const mebibyte = 1024 * 1024;
const hourAgo = new Date(Date.now() - 3_600_000);

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function textOf(contents: Contents, sha256: string, range?: { start: number; end: number }): Promise<string> {
  return Buffer.concat(await contents.read(sha256, range).toArray()).toString();
}

async function folderContents() {
  const folder = await temporaryFolder();
  const pathOf = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256);
  return { folder, pathOf, contents: createFolderContents(folder) };
}

async function listed(contents: Contents, prefix = ''): Promise<readonly string[]> {
  const hashes: string[] = [];
  for await (const { sha256 } of contents.list(prefix)) hashes.push(sha256);
  return hashes;
}

describe('content in a folder', () => {
  it('is put and read by its hash, whole or a range of it', async () => {
    const { contents } = await folderContents();
    const stored = await contents.put(Buffer.from('what was kept'));
    expect(stored).toEqual({ sha256: hashOf('what was kept'), bytes: 13 });
    expect(await textOf(contents, stored.sha256)).toBe('what was kept');
    expect(await textOf(contents, stored.sha256, { start: 5, end: 7 })).toBe('was');
    expect(await contents.head(stored.sha256)).toMatchObject({ bytes: 13 });
    expect(await contents.head(hashOf('other'))).toBeNull();
    await expect(textOf(contents, hashOf('other'))).rejects.toThrow('the store has no content');
  });

  it('is found where earlier versions of the program put it', async () => {
    const { contents, pathOf } = await folderContents();
    const sha256 = hashOf('of before');
    await mkdir(join(pathOf(sha256), '..'));
    await writeFile(pathOf(sha256), 'of before');
    expect(await textOf(contents, sha256)).toBe('of before');
    expect(await listed(contents)).toEqual([sha256]);
  });

  it.each([0, 1, mebibyte, 5 * mebibyte])('is the same after a way through it, with %i bytes', async (bytes) => {
    const { contents, folder } = await folderContents();
    const content = Buffer.alloc(bytes, 'lodestone');
    const stored = await contents.put(content);
    expect(stored).toEqual({ sha256: hashOf(content), bytes });
    expect(hashOf(await textOf(contents, stored.sha256))).toBe(stored.sha256);
    expect(await readdir(folder)).toEqual([stored.sha256.slice(0, 2)]);
  });

  it('is written and read as a stream, of which one part is in memory at once', async () => {
    const { contents, folder } = await folderContents();
    const written: number[] = [];
    async function* parts() {
      for (let made = 0; made < 16; made += 1) {
        const [incoming] = await readdir(folder);
        written.push(incoming === undefined ? 0 : (await stat(join(folder, incoming))).size);
        yield Buffer.alloc(mebibyte, 'x');
      }
    }
    const { sha256, bytes } = await contents.put(parts());
    expect(bytes).toBe(16 * mebibyte);
    // Each part is asked for when the one before it is in the file.
    expect(written).toEqual(written.map((_, made) => made * mebibyte));
    let largest = 0;
    for await (const part of contents.read(sha256)) largest = Math.max(largest, part.length);
    expect(largest).toBeLessThanOrEqual(64 * 1024);
  });

  it('is not kept at all when its stream fails', async () => {
    const { contents, folder } = await folderContents();
    async function* broken() {
      yield Buffer.from('half');
      await nextTurn();
      throw new Error('the line is cut');
    }
    await expect(contents.put(broken())).rejects.toThrow('the line is cut');
    expect(await readdir(folder)).toEqual([]);
  });

  it('is never read as whole when it was changed, and is mended when it is put again', async () => {
    const { contents, pathOf } = await folderContents();
    const content = Buffer.alloc(200_000, 'content ');
    const { sha256 } = await contents.put(content);
    await truncate(pathOf(sha256), 150_000);
    let read = 0;
    const reading = async () => {
      for await (const part of contents.read(sha256)) read += part.length;
    };
    await expect(reading()).rejects.toThrow('is damaged');
    expect(read).toBeLessThan(150_000);
    await contents.put(content);
    expect(hashOf(await textOf(contents, sha256))).toBe(sha256);
  });

  it('is listed in the order of its hashes, by how they begin', async () => {
    const { contents } = await folderContents();
    const hashes: string[] = [];
    for (const text of ['a', 'b', 'c', 'd', 'e']) hashes.push((await contents.put(Buffer.from(text))).sha256);
    hashes.sort();
    expect(await listed(contents)).toEqual(hashes);
    const first = hashes[0] ?? '';
    expect(await listed(contents, first.slice(0, 2))).toEqual([first]);
    expect(await listed(contents, first.slice(0, 5))).toEqual([first]);
  });
});

describe('removing content', () => {
  it('removes what was last put before a time, and not what was put since', async () => {
    const { contents, pathOf, folder } = await folderContents();
    const { sha256 } = await contents.put(Buffer.from('old'));
    expect(await contents.remove(sha256, hourAgo)).toBe(false);
    await utimes(pathOf(sha256), hourAgo, new Date(hourAgo.getTime() - 1));
    expect(await contents.remove(sha256, hourAgo)).toBe(true);
    expect(await contents.head(sha256)).toBeNull();
    expect(await contents.remove(sha256, hourAgo)).toBe(false);
    expect(await readdir(join(folder, sha256.slice(0, 2)))).toEqual([]);
  });

  it('spares content that is put again, for which nothing is written', async () => {
    const { contents, pathOf } = await folderContents();
    const { sha256 } = await contents.put(Buffer.from('again'));
    const old = new Date(hourAgo.getTime() - 1);
    await utimes(pathOf(sha256), old, old);
    await contents.put(Buffer.from('again'));
    expect(await contents.remove(sha256, hourAgo)).toBe(false);
    expect(await textOf(contents, sha256)).toBe('again');
  });

  it('loses no content whose put and removal meet', async () => {
    const { contents, pathOf } = await folderContents();
    const content = Buffer.from('contested');
    const { sha256 } = await contents.put(content);
    const old = new Date(hourAgo.getTime() - 1);
    for (let round = 0; round < 200; round += 1) {
      await utimes(pathOf(sha256), old, old);
      await Promise.all([contents.put(content), contents.remove(sha256, hourAgo)]);
      expect(await contents.head(sha256), `round ${round}`).not.toBeNull();
    }
  });

  it('removes what died writers left, and nothing that is being written', async () => {
    const { contents, folder } = await folderContents();
    const { sha256 } = await contents.put(Buffer.from('whole'));
    const prefix = sha256.slice(0, 2);
    const id = '0b9f5d1e-7a0c-4d8e-9a55-3f4c2a1b0c9d';
    const left = [join(folder, `incoming.${id}`), join(folder, prefix, `${sha256}.${id}`)];
    for (const path of left) await writeFile(path, 'half');
    expect(await contents.removeUnfinished(prefix, hourAgo)).toBe(0);
    const old = new Date(hourAgo.getTime() - 1);
    for (const path of left) await utimes(path, old, old);
    expect(await contents.removeUnfinished(prefix, hourAgo)).toBe(2);
    expect(await readdir(folder)).toEqual([prefix]);
    expect(await listed(contents)).toEqual([sha256]);
  });
});

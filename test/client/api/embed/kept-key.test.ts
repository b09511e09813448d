import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keptKey } from '../../../../client/api/embed/kept-key.ts';

async function place(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'key-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'form-tokens.key');
}

test('processes that begin at the same moment come to one key, which its owner alone can read', async () => {
  const path = await place();
  const keys = await Promise.all(Array.from({ length: 20 }, () => keptKey(path)));
  expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
  expect(keys[0]).toHaveLength(32);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(path, '..'))).toEqual(['form-tokens.key']);
});

test('a key that others could read is closed to them again', async () => {
  const path = await place();
  const key = await keptKey(path);
  await chmod(path, 0o644);
  expect(await keptKey(path)).toEqual(key);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a file that is no key is reported, and not used', async () => {
  const path = await place();
  await writeFile(path, 'short');
  await expect(keptKey(path)).rejects.toThrow(/is not a key of 32 bytes/);
});

import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { takeFiles, type FileLimits } from '../../../../client/api/tools/file-intake.ts';
import { ProblemError } from '../../../../client/api/http/problem.ts';
import { temporaryFolder } from '../../../support/temporary-store.ts';
import { problemOf, testApi } from '../harness.ts';

const limits: FileLimits = { roots: [], fileBytes: 100, requestBytes: 150 };

/** A folder that is allowed, beside a secret that is not. */
async function folders(): Promise<{ root: string; secret: string; limits: FileLimits }> {
  const folder = await temporaryFolder();
  const root = join(folder, 'root');
  await mkdir(root);
  await writeFile(join(root, 'app.ts'), 'let it = be');
  const secret = join(folder, 'secret.txt');
  await writeFile(secret, 'secret');
  return { root, secret, limits: { ...limits, roots: [root] } };
}

/** The problems of a refusal, each with its place. */
async function refused(limits: FileLimits, sent: Parameters<typeof takeFiles>[1]): Promise<readonly string[]> {
  const error: unknown = await takeFiles(limits, sent, null).catch((thrown: unknown) => thrown);
  if (!(error instanceof ProblemError)) throw new Error('it was not refused');
  return (error.problem.problems ?? []).map(({ path, message }) => `${path} ${message}`);
}

describe('T15: files by path', () => {
  it('are read below an allowed folder', async () => {
    const { root, limits: allowed } = await folders();
    const path = join(root, 'app.ts');
    await expect(takeFiles(allowed, { paths: [path] }, null)).resolves.toEqual([
      { name: path, content: Buffer.from('let it = be'), imageType: null },
    ]);
  });

  it('are refused by default', async () => {
    const { root } = await folders();
    await expect(refused(limits, { paths: [join(root, 'app.ts')] })).resolves.toEqual([
      'paths.0 is not read: no folder is allowed (LODESTONE_FILE_ROOTS); send it in files',
    ]);
  });

  it('are refused elsewhere: by a traversal, by a link, and the answer does not show whether such a file exists', async () => {
    const { root, secret, limits: allowed } = await folders();
    await symlink(secret, join(root, 'link.txt'));
    const paths = [
      secret,
      `${root}/../secret.txt`,
      join(root, 'link.txt'),
      '/no/such/file',
      `${root}-not/app.ts`,
      root,
    ];
    const problems = await refused(allowed, { paths: [...paths, 'app.ts'] });
    expect(problems).toEqual([
      ...paths.map((_, index) => `paths.${index} is not there, or not below the allowed folders`),
      'paths.6 is not an absolute path',
    ]);
  });

  it('are read through a link that stays below the folder', async () => {
    const { root, limits: allowed } = await folders();
    await symlink(join(root, 'app.ts'), join(root, 'link.ts'));
    await expect(takeFiles(allowed, { paths: [join(root, 'link.ts')] }, null)).resolves.toHaveLength(1);
  });

  it('are refused when they are folders or pipes', async () => {
    const { root, limits: allowed } = await folders();
    await mkdir(join(root, 'sub'));
    await promisify(execFile)('mkfifo', [join(root, 'pipe')]);
    await expect(refused(allowed, { paths: [join(root, 'sub'), join(root, 'pipe')] })).resolves.toEqual([
      'paths.0 is no regular file',
      'paths.1 is no regular file',
    ]);
  });
});

describe('T15: POST /v1/tools/{name} with files by path', () => {
  const local = { host: '127.0.0.1:8700', 'content-type': 'application/json' };

  async function asked(publicUrl: string, from: string, headers: Record<string, string> = {}): Promise<string> {
    const { root, limits: allowed } = await folders();
    const { ask, store, tools } = await testApi({ publicUrl, fileLimits: allowed });
    tools.onStart = async ({ requestId }) => {
      await store.toolRequests.end(requestId, { outcome: 'completed', cut: null }, new Date());
    };
    const body = JSON.stringify({ prompt: 'Look', paths: [join(root, 'app.ts')] });
    const response = await ask('/v1/tools/chat', { method: 'POST', body, from, headers: { ...local, ...headers } });
    return response.status === 200 ? 'taken' : ((await problemOf(response)).problems[0]?.message ?? '');
  }

  it('takes them from programs on the same machine only', async () => {
    await expect(asked('http://127.0.0.1:8700', '127.0.0.1')).resolves.toBe('taken');
    await expect(asked('http://127.0.0.1:8700', '203.0.113.9')).resolves.toMatch(/came from 203\.0\.113\.9/);
    await expect(asked('http://127.0.0.1:8700', '127.0.0.1', { via: '1.1 proxy' })).resolves.toMatch(/through a proxy/);
    await expect(asked('https://jobs.example.com', '127.0.0.1')).resolves.toMatch(/others reach this API too/);
  });
});

describe('T16: files', () => {
  it('are refused when one is too large, all together are, or one is binary', async () => {
    const { root, limits: allowed } = await folders();
    await writeFile(join(root, 'large.txt'), 'x'.repeat(101));
    await writeFile(join(root, 'binary'), Buffer.from([1, 0, 2]));
    await writeFile(join(root, 'latin1.txt'), Buffer.from([0x66, 0xfc, 0x72]));
    const paths = ['large.txt', 'binary', 'latin1.txt'].map((name) => join(root, name));
    const files = [
      { name: 'a', content: 'x'.repeat(100) },
      { name: 'b', content: 'x'.repeat(51) },
      { name: 'c', content: 'x'.repeat(101) },
    ];
    await expect(refused(allowed, { paths })).resolves.toEqual([
      'paths.0 has 101 bytes, more than 100',
      'paths.1 is binary: only text in UTF-8 and images (PNG, JPEG, WebP, GIF) are taken',
      'paths.2 is binary: only text in UTF-8 and images (PNG, JPEG, WebP, GIF) are taken',
    ]);
    await expect(refused(allowed, { files })).resolves.toEqual([
      'files.1 is beyond the 150 bytes of a request',
      'files.2 has 101 bytes, more than 100',
    ]);
  });

  it('are refused before anything is started, and kept with their request otherwise', async () => {
    const { post, store, tools } = await testApi();
    tools.onStart = async ({ requestId }) => {
      await store.toolRequests.end(requestId, { outcome: 'completed', cut: null }, new Date());
    };
    const twice = { name: 'a', content: 'x' };
    const bad = await post('/v1/tools/chat', { prompt: 'Look', files: [twice, twice] });
    expect(bad.status).toBe(422);
    expect((await problemOf(bad)).problems).toMatchObject([
      { path: 'files.1', message: 'has the name a of another file' },
    ]);
    expect(tools.started).toEqual([]);
    const good = await post('/v1/tools/chat', { prompt: 'Look', files: [{ name: 'a.ts', content: 'let it = be' }] });
    expect(good.status).toBe(200);
    const row = await store.toolRequests.find(tools.started[0]?.requestId ?? '');
    expect(row?.input).toEqual({ prompt: 'Look' });
    const kept = row === null ? [] : await store.toolFiles.ofConversation(row);
    expect(kept).toMatchObject([{ name: 'a.ts', bytes: 11 }]);
    await expect(store.artifacts.getContent(kept[0]?.sha256 ?? '')).resolves.toEqual(Buffer.from('let it = be'));
  });
});

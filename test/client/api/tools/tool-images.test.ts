import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../../client/api/http/problem.ts';
import { takeFiles, type FileLimits } from '../../../../client/api/tools/file-intake.ts';
import { images, pngOf } from '../../../support/tools/images.ts';
import { temporaryFolder } from '../../../support/temporary-store.ts';
import { testApi } from '../harness.ts';

const limits: FileLimits = { roots: [], fileBytes: 20 * 2 ** 20, requestBytes: 30 * 2 ** 20 };

function inBase64(content: Buffer) {
  return { name: 'a', content: content.toString('base64'), encoding: 'base64' as const };
}

async function refused(...files: ReturnType<typeof inBase64>[]): Promise<readonly string[]> {
  const error: unknown = await takeFiles(limits, { files }, null).catch((thrown: unknown) => thrown);
  if (!(error instanceof ProblemError)) throw new Error('it was not refused');
  return (error.problem.problems ?? []).map(({ message }) => message);
}

describe('images of a tool', () => {
  it.each(Object.entries(images))(
    'are recognised by their content, by value and by path (%s)',
    async (kind, content) => {
      const root = join(await temporaryFolder(), 'root');
      await mkdir(root);
      const path = join(root, 'shot.txt');
      await writeFile(path, content);
      const taken = await takeFiles({ ...limits, roots: [root] }, { files: [inBase64(content)], paths: [path] }, null);
      expect(taken).toMatchObject([
        { name: 'a', imageType: `image/${kind}` },
        { name: path, imageType: `image/${kind}` },
      ]);
      expect(taken.map((file) => Buffer.from(file.content).equals(content))).toEqual([true, true]);
    },
  );

  it('T16: are refused above their bounds of pixels and bytes', async () => {
    await expect(refused(inBase64(pngOf(6001, 1)))).resolves.toEqual([
      'is an image of 6001×1 pixels, more than 6000 on a side',
    ]);
    const large = Buffer.concat([images.png, Buffer.alloc(10 * 2 ** 20)]);
    await expect(refused(inBase64(large))).resolves.toEqual([
      `is an image of ${large.length} bytes, more than 10485760`,
    ]);
  });

  it('are taken with line breaks in their base64, as programs write it', async () => {
    const content = inBase64(images.png).content.replaceAll(/.{20}/g, '$&\r\n');
    await expect(takeFiles(limits, { files: [{ ...inBase64(images.png), content }] }, null)).resolves.toMatchObject([
      { content: images.png, imageType: 'image/png' },
    ]);
  });

  it('T16: are refused when they are none of these kinds, cut off, or no base64', async () => {
    const bitmap = Buffer.from('BM\0\0\0\0');
    const message = 'is binary: only text in UTF-8 and images (PNG, JPEG, WebP, GIF) are taken';
    await expect(refused(inBase64(bitmap))).resolves.toEqual([message]);
    await expect(refused(inBase64(images.jpeg.subarray(0, 20)))).resolves.toEqual([message]);
    await expect(refused({ ...inBase64(images.png), content: 'not base64 at all' })).resolves.toEqual([
      'is not base64',
    ]);
  });

  it('T25: are kept with their request, with their type', async () => {
    const { post, store, tools } = await testApi();
    tools.onStart = async ({ requestId }) => {
      await store.toolRequests.end(requestId, { outcome: 'completed', cut: null }, new Date());
    };
    const good = await post('/v1/tools/chat', { prompt: 'What is it?', files: [inBase64(images.png)] });
    expect(good.status).toBe(200);
    const row = await store.toolRequests.find(tools.started[0]?.requestId ?? '');
    const kept = row === null ? [] : await store.toolFiles.ofConversation(row);
    expect(kept).toMatchObject([{ name: 'a', bytes: images.png.length, imageType: 'image/png' }]);
    await expect(store.artifacts.getContent(kept[0]?.sha256 ?? '')).resolves.toEqual(images.png);
  });
});

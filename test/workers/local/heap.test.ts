import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { startChild } from '../../../workers/local/child.ts';
import { heapArguments } from '../../../workers/local/heap.ts';
import { imageEnvironment } from '../../ops/docker-file.ts';

const root = join(import.meta.dirname, '..', '..', '..');

it('a process of ours has a heap of a gigabyte, however large the machine is', async () => {
  const child = await startChild({ name: 'heap', file: join(import.meta.dirname, 'fixtures/heap-child.ts') });
  const limit = Number(child.said.split(' ').at(-1));
  await child.ended;
  expect(limit / 2 ** 20).toBeGreaterThan(1000);
  expect(limit / 2 ** 20).toBeLessThan(1200);
});

it('one that is started by npm, or in a container, has the same', async () => {
  const text = await readFile(join(root, 'package.json'), 'utf8');
  const { scripts } = z.object({ scripts: z.object({ worker: z.string(), api: z.string() }) }).parse(JSON.parse(text));
  const given = heapArguments.join(' ');
  expect(scripts.worker).toBe(`node ${given} workers/main.ts`);
  expect(scripts.api).toBe(`node ${given} client/api/main.ts`);
  expect(imageEnvironment['NODE_OPTIONS']).toBe(given);
});

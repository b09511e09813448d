/** The workflow bundle is kept for the next process: only that of exactly the present sources is used. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptBundle, type BundlePlaces } from '../../workers/workflow-bundle/kept.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

const source = join('workflows', 'jobs', 'job.ts');

async function places(): Promise<BundlePlaces> {
  const root = await temporaryFolder();
  for (const folder of ['workflows/jobs', 'workers/workflow-bundle'])
    await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, source), 'first');
  await writeFile(join(root, 'package-lock.json'), '{}');
  return { root, folder: join(root, 'cache') };
}

const build = (code: string) => () => Promise.resolve(code);

describe('a kept workflow bundle', () => {
  it('is built once for the same sources', async () => {
    const here = await places();
    expect(await keptBundle(here, build('one'))).toBe('one');
    expect(await keptBundle(here, build('two'))).toBe('one');
  });

  it.each([source, 'package-lock.json', join('workers', 'workflow-bundle', 'bundle.ts')])(
    'is replaced when %s has changed, and the former one is removed',
    async (file) => {
      const here = await places();
      await keptBundle(here, build('one'));
      await writeFile(join(here.root, file), 'changed');
      expect(await keptBundle(here, build('two'))).toBe('two');
      expect(await keptBundle(here, build('three'))).toBe('two');
      expect(await readdir(here.folder)).toHaveLength(1);
    },
  );

  it.each([
    ['empty', () => ''],
    ['cut off', (kept: string) => kept.slice(0, -1)],
    ['changed', (kept: string) => kept.replace('one', 'two')],
  ])('is built anew when it is %s', async (_, damaged) => {
    const here = await places();
    await keptBundle(here, build('one'));
    const [name = ''] = await readdir(here.folder);
    const file = join(here.folder, name);
    await writeFile(file, damaged(await readFile(file, 'utf8')));
    expect(await keptBundle(here, build('three'))).toBe('three');
    expect(await keptBundle(here, build('four'))).toBe('three');
  });

  it('is not kept when the sources change while it is built', async () => {
    const here = await places();
    const meanwhile = async (): Promise<string> => {
      await writeFile(join(here.root, source), 'second');
      return 'of either';
    };
    expect(await keptBundle(here, meanwhile)).toBe('of either');
    expect(await keptBundle(here, build('of the second'))).toBe('of the second');
    await writeFile(join(here.root, source), 'first');
    expect(await keptBundle(here, build('of the first'))).toBe('of the first');
  });

  it('is built each time where there is no lock file, and where nothing can be written', async () => {
    const { root, folder } = await places();
    const blocked = { root, folder: join(root, 'package-lock.json', 'cache') };
    expect(await keptBundle(blocked, build('one'))).toBe('one');
    expect(await keptBundle(blocked, build('two'))).toBe('two');
    const image = { root: await temporaryFolder(), folder };
    expect(await keptBundle(image, build('three'))).toBe('three');
    expect(await keptBundle(image, build('four'))).toBe('four');
  });
});

/** The image cannot be built where tests run: the Dockerfile is checked against the source tree. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ApiSettingsSchema } from '../../client/api/config.ts';
import { PACKAGES as fontPackages } from '../../scripts/toolchain/fonts/font-set.mjs';
import { NUMPY, NUMPY_HASHES, OPENCV, OPENCV_HASHES } from '../../scripts/toolchain/tools/python-packages.mjs';
import { WorkerSettingsSchema } from '../../workers/config.ts';
import { root } from './compose-file.ts';
import { argumentsOf, imageEnvironment, instructions } from './docker-file.ts';

const ownSources = argumentsOf('COPY')
  .filter((line) => !line.startsWith('--from='))
  .flatMap((line) => line.split(' ').slice(0, -1));

describe('the Dockerfile', () => {
  it('pins its base, a Debian with the Node of the lock file', async () => {
    const lock = z
      .looseObject({ packages: z.looseObject({ 'node_modules/node': z.looseObject({ version: z.string() }) }) })
      .parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')));
    const { version } = lock.packages['node_modules/node'];
    const base = `node:${version}-bookworm-slim`;
    expect(argumentsOf('FROM')).toEqual([`${base} AS packages`, base]);
  });

  it('ends as a user that is not root', () => {
    expect(argumentsOf('USER')).toEqual(['lodestone']);
    const afterwards = instructions.slice(instructions.indexOf('USER lodestone') + 1);
    expect(afterwards.filter((line) => line.startsWith('RUN ') || line.startsWith('COPY '))).toEqual([]);
  });

  it('has the fonts that the set-up gets', () => {
    const run = argumentsOf('RUN').join(' ');
    expect(fontPackages).toHaveLength(3);
    for (const name of fontPackages) expect(run.split(/\s+/)).toContain(name);
  });

  it('has the Python packages that the set-up gets, by the same hashes, for the Python of its Debian', async () => {
    const text = await readFile(join(root, 'ops/python-packages.txt'), 'utf8');
    const pinned = (name: string, version: string, hashes: readonly (string | undefined)[]): string =>
      `${name}==${version} ${hashes.map((hash) => `--hash=sha256:${hash}`).join(' ')}`;
    const numpy = ['x64', 'arm64'].map((architecture) => NUMPY_HASHES[architecture]?.[11]);
    const opencv = ['x64', 'arm64'].map((architecture) => OPENCV_HASHES[architecture]);
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      pinned('numpy', NUMPY, numpy),
      pinned('opencv-python-headless', OPENCV, opencv),
    ]);
  });

  it('fixes only settings that a process reads, and no secret', () => {
    const known = [
      ...Object.keys(WorkerSettingsSchema.shape),
      ...Object.keys(ApiSettingsSchema.shape),
      'NODE_ENV',
      'NODE_OPTIONS',
    ];
    for (const name of Object.keys(imageEnvironment)) expect(known).toContain(name);
    expect(Object.keys(imageEnvironment).filter((name) => /KEY|SECRET|PASSWORD|SMTP/.test(name))).toEqual([]);
    expect(argumentsOf('ARG')).toEqual([]);
  });

  it('copies what exists, and .dockerignore lets nothing else into the build', async () => {
    for (const source of ownSources) await access(join(root, source));
    const ignore = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n');
    const patterns = ignore.filter((line) => line !== '' && !line.startsWith('#'));
    expect(patterns[0]).toBe('*');
    expect(patterns.slice(1).toSorted()).toEqual([...new Set(ownSources)].map((source) => `!${source}`).toSorted());
  });
});

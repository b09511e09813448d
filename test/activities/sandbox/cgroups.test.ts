/** cgroups as far as files stand for them: a real folder needs a host that lets its processes make some. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCgroups } from '../../../activities/sandbox/cgroups.ts';
import { temporaryFolder } from '../../support/temporary-store.ts';

const limits = { memoryBytes: 1_000_000, processes: 40 };

/** A mount with `slice/worker`, in which this process is. */
async function world(subtreeControl: string) {
  const mount = await temporaryFolder();
  const slice = join(mount, 'slice');
  await mkdir(join(slice, 'worker'), { recursive: true });
  await writeFile(join(slice, 'cgroup.controllers'), 'cpu memory pids\n');
  await writeFile(join(slice, 'cgroup.subtree_control'), subtreeControl);
  const find = () => findCgroups('1:name=systemd:/\n0::/slice/worker\n', `none ${mount} cgroup2 rw 0 0\n`);
  const made = () => readdirSync(slice).filter((name) => name.startsWith('lodestone-sandbox-'));
  return { slice, find, made };
}

test('a host without the second version of cgroups, or without controllers for others, has none', async () => {
  expect(findCgroups('4:memory:/\n', 'cgroup /sys/fs/cgroup/memory cgroup rw 0 0\n')).toBeNull();
  const { slice, find } = await world('');
  await writeFile(join(slice, 'cgroup.controllers'), 'cpuset\n');
  expect(find()).toBeNull();
});

test('one is made beside that of the worker; where the kernel takes no limit, there is none and nothing is left', async () => {
  const { find, made } = await world('memory pids\n');
  // The kernel would have made the files of its limits with the folder.
  expect(find()?.make(limits)).toBeNull();
  expect(made()).toEqual([]);
});

test('empty ones of workers that died are removed', async () => {
  const { slice, find, made } = await world('memory pids\n');
  await mkdir(join(slice, 'lodestone-sandbox-1-1'));
  expect(find()).not.toBeNull();
  expect(made()).toEqual([]);
});

test('controllers that are offered and not handed on are asked for', async () => {
  const { slice, find } = await world('');
  find();
  expect(await readFile(join(slice, 'cgroup.subtree_control'), 'utf8')).toContain('+pids');
  expect(existsSync(join(slice, 'worker', 'cgroup.subtree_control'))).toBe(false);
});

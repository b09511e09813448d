// The cache: one folder for each tool, version and platform. Everything is made in a staging folder and renamed into
// place. The note of origin is written last, after a check of the tool: a folder without it is incomplete.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const ORIGIN_FILE = 'origin.json';

/**
 * @typedef {object} Origin
 * @property {string} executable name inside the folder
 * @property {string} version
 * @property {string} source
 * @property {string} [needsProgram] a program on PATH that it can't run without
 * @property {number} [startMilliseconds]
 * @property {string} [warning]
 */

/**
 * The platform is part of the name because a cache may be shared with a container of another kind.
 * @param {Pick<import('./surroundings.mjs').Surroundings, 'cacheFolder' | 'platform' | 'architecture'>} surroundings
 * @param {string} tool
 * @param {string} version
 */
export function cachedToolFolder({ cacheFolder, platform, architecture }, tool, version) {
  return join(cacheFolder, tool, `${version}-${platform}-${architecture}`);
}

/** @param {string} cacheFolder */
export function createStagingFolder(cacheFolder) {
  const staging = join(cacheFolder, 'staging');
  mkdirSync(staging, { recursive: true });
  return mkdtempSync(join(staging, 'tool-'));
}

/**
 * What killed set-ups left behind. Only to be called with the lock held. A command that such a set-up had started may
 * still be writing there; what can't be removed now goes the next time.
 * @param {string} cacheFolder
 */
export function removeStagingFolders(cacheFolder) {
  try {
    rmSync(join(cacheFolder, 'staging'), { recursive: true, force: true });
  } catch {
    // A failure wastes only disk space: every staging folder has its own name.
  }
}

/** @param {string} staged @param {string} folder */
export function moveIntoPlace(staged, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  renameSync(staged, folder);
  // Staging folders are private to their maker, but other users may share the cache.
  chmodSync(folder, 0o755);
}

/** @param {string} folder @param {Origin} origin */
export function writeOrigin(folder, origin) {
  writeFileAtomically(join(folder, ORIGIN_FILE), `${JSON.stringify(origin, null, 2)}\n`);
}

/**
 * @param {string} folder
 * @returns {import('./packages/first-source.mjs').Found | undefined}
 */
export function readCachedTool(folder) {
  const file = join(folder, ORIGIN_FILE);
  if (!existsSync(file)) return undefined;
  /** @type {Origin} */
  const { executable, ...origin } = JSON.parse(readFileSync(file, 'utf8'));
  const path = join(folder, executable);
  return existsSync(path) ? { path, ...origin } : undefined;
}

/**
 * Readers see the old text or the new one, never half of it.
 * @param {string} file
 * @param {string} text
 */
export function writeFileAtomically(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.new`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

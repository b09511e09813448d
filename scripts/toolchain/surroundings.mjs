// Everything outside that the set-up uses, in one object. Its modules never read `process` themselves, so that tests can
// simulate another machine (another platform, other settings, commands that fail) with plain values.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as util from 'node:util';
import { fileURLToPath } from 'node:url';
import { createDistributionPackages } from './packages/distribution-packages.mjs';
import { report } from './progress.mjs';
import { runCommand } from './run-command.mjs';

/**
 * @typedef {object} Surroundings
 * @property {string} root the project's folder
 * @property {string} stateFolder where the record and the locks of this clone are
 * @property {string} cacheFolder what was downloaded; several clones may share it
 * @property {string} home
 * @property {string[]} fontFolders where the system keeps fonts, as far as is known without fontconfig
 * @property {Record<string, string | undefined>} environment settings, from the process and from `.env`
 * @property {string} platform as `process.platform`
 * @property {string} architecture as `process.arch`
 * @property {boolean} isRoot
 * @property {import('./run-command.mjs').RunCommand} run
 * @property {(address: string, options?: RequestInit) => Promise<Response>} fetch
 * @property {(line: string) => void} report one line of progress
 * @property {import('./packages/distribution-packages.mjs').DistributionPackages} distribution
 * @property {Promise<boolean>} packagesReady whether `node_modules` came to be in step; Chromium's download waits for it
 */

const SYSTEM_FONTS = ['/usr/share/fonts', '/usr/local/share/fonts'];

export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** @param {string} file @returns {Record<string, string | undefined>} */
function settingsFromFile(file) {
  return existsSync(file) ? util.parseEnv(readFileSync(file, 'utf8')) : {};
}

/**
 * The real machine. What the process was given wins over `.env`, as it does for the application.
 * @param {string} [root]
 * @returns {Surroundings}
 */
export function hostSurroundings(root = PROJECT_ROOT) {
  const environment = { ...settingsFromFile(join(root, '.env')), ...process.env };
  const cacheSetting = environment['LODESTONE_CACHE_DIR'];
  const machine = {
    environment,
    isRoot: process.getuid?.() === 0,
    run: runCommand,
    report,
  };
  return {
    ...machine,
    root,
    stateFolder: join(root, '.lodestone'),
    cacheFolder: cacheSetting ? resolve(root, cacheSetting) : join(root, '.lodestone', 'cache'),
    home: homedir(),
    fontFolders: [...SYSTEM_FONTS, join(homedir(), '.fonts'), join(homedir(), '.local', 'share', 'fonts')],
    platform: process.platform,
    architecture: process.arch,
    fetch: (address, options) => fetch(address, options),
    distribution: createDistributionPackages(machine),
    packagesReady: Promise.resolve(true),
  };
}

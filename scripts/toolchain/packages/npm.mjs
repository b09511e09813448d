// Runs npm to install what `package-lock.json` pins.
import { delimiter, join, sep } from 'node:path';
import { findProgram } from '../find-program.mjs';
import { secondsSince } from '../progress.mjs';
import { lastOutput } from '../run-command.mjs';

// On an older Node, npm warns about packages that need a newer one. They will run on the pinned Node that npm installs.
const QUIET = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];

/** @typedef {import('../surroundings.mjs').Surroundings} Surroundings */

/**
 * @param {Surroundings} surroundings
 * @param {string} reason
 * @returns {Promise<string | undefined>} a sentence when it failed
 */
export async function installPackages(surroundings, reason) {
  const started = Date.now();
  surroundings.report(`packages: ${reason}; npm ci (300 MB, about half a minute) …`);
  const result = await runNpm(surroundings, ['ci', ...QUIET]);
  if (!result.ok) return `The npm packages could not be installed ("npm ci" shows all of it): ${refusalOf(result)}`;
  surroundings.report(`packages: installed in ${secondsSince(started)}`);
  return undefined;
}

/**
 * With a wrong lock file npm also prints all its options; the useful message comes before them.
 * @param {import('../run-command.mjs').CommandResult} result
 */
export function refusalOf(result) {
  const [refusal = ''] = result.errors.split(/^npm error (?:Clean install a project|Install a package|Usage:)/m);
  return lastOutput({ ...result, errors: refusal });
}

/**
 * The machine's own npm with the machine's own Node: under `npm run` both may come from the very `node_modules` that
 * is about to be replaced, and npm's variables would pass the outer command's options on.
 * @param {Surroundings} surroundings
 * @param {string[]} commandArguments
 */
export function runNpm({ environment, root, run }, commandArguments) {
  const own = /^npm_(execpath|node_execpath|lifecycle|package|command)/;
  const outside = Object.entries(environment).filter(([name]) => !own.test(name));
  const modules = join(root, 'node_modules') + sep;
  const path = (environment['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(modules));
  const cleaned = { ...Object.fromEntries(outside), PATH: path.join(delimiter) };
  const npm = findProgram('npm', cleaned) ?? 'npm';
  return run(npm, commandArguments, { cwd: root, environment: cleaned, timeout: 1_200_000 });
}

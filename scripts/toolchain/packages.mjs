// The npm packages: `node_modules` must be what `package-lock.json` says. The hash of the lock file that was installed
// is noted inside `node_modules`, so that it vanishes together with it.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { findProgram } from './find-program.mjs';
import { withLock } from './lock.mjs';
import { secondsSince } from './progress.mjs';
import { lastWords } from './run-command.mjs';

const PINNED_NODE_MAJOR = 24;

/**
 * @typedef {import('./surroundings.mjs').Surroundings} Surroundings
 * @typedef {'in-step' | 'in-step-unrecorded' | 'missing' | 'changed'} PackagesState
 */

/** @param {string} root */
function filesOf(root) {
  const modules = join(root, 'node_modules');
  return {
    lock: join(root, 'package-lock.json'),
    recordedHash: join(modules, '.lodestone-lock-hash'),
    installedLock: join(modules, '.package-lock.json'),
    node: join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node'),
  };
}

/** @param {string} text */
export function lockHash(text) {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * A developer who ran `npm install` has the right packages without our note; npm's own record of what it installed
 * tells so, and saves a reinstallation.
 * @param {{ lock: string, recordedHash: string | undefined, installedLock: string | undefined, hasNode: boolean }} facts
 * @returns {PackagesState}
 */
export function judgePackages({ lock, recordedHash, installedLock, hasNode }) {
  if (installedLock === undefined || !hasNode) return 'missing';
  if (recordedHash?.trim() === lockHash(lock)) return 'in-step';
  return sameVersions(JSON.parse(lock), JSON.parse(installedLock)) ? 'in-step-unrecorded' : 'changed';
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} LockFile
 */

/**
 * Optional packages may be left out, those for other platforms for instance; nothing else may.
 * @param {LockFile} wanted
 * @param {LockFile} installed
 */
function sameVersions(wanted, installed) {
  const { '': _project, ...wantedPackages } = wanted.packages ?? {};
  const installedPackages = installed.packages ?? {};
  const noneMissing = Object.entries(wantedPackages).every(
    ([name, { optional }]) => optional || name in installedPackages,
  );
  return (
    noneMissing &&
    Object.entries(installedPackages).every(([name, { version, integrity }]) => {
      const locked = wantedPackages[name];
      return locked !== undefined && locked.version === version && locked.integrity === integrity;
    })
  );
}

/** @param {string} file */
function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** @param {string} root @returns {PackagesState} */
export function packagesState(root) {
  const files = filesOf(root);
  return judgePackages({
    lock: readFileSync(files.lock, 'utf8'),
    recordedHash: readIfThere(files.recordedHash),
    installedLock: readIfThere(files.installedLock),
    hasNode: existsSync(files.node),
  });
}

/**
 * @param {Surroundings} surroundings
 * @returns {Promise<string | undefined>} a sentence when the packages could not be had
 */
export async function ensurePackages(surroundings) {
  const { root, stateFolder, tell } = surroundings;
  if (packagesState(root) === 'in-step') return undefined;
  return withLock(join(stateFolder, 'packages.lock'), tell, async () => {
    const state = packagesState(root);
    if (state === 'missing' || state === 'changed') {
      const problem = await install(surroundings, state);
      if (problem !== undefined) return problem;
    }
    const problem = await ensurePinnedNode(surroundings);
    if (problem !== undefined) return problem;
    const { lock, recordedHash } = filesOf(root);
    writeFileSync(recordedHash, lockHash(readFileSync(lock, 'utf8')));
    return undefined;
  });
}

/** @param {Surroundings} surroundings @param {PackagesState} state */
async function install(surroundings, state) {
  const started = Date.now();
  const why = state === 'changed' ? 'package-lock.json has changed' : 'no node_modules yet';
  surroundings.tell(`packages: ${why}; npm ci (300 MB, about half a minute) …`);
  const result = await npm(surroundings, ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (!result.ok) return `The npm packages could not be installed; "npm ci" tells more: ${lastWords(result)}`;
  surroundings.tell(`packages: installed in ${secondsSince(started)}`);
  return undefined;
}

/**
 * The npm package `node` puts Node 24 first for everything that `npm run` starts, whatever the machine has. Its binary
 * comes by an install script, which npm's settings can forbid.
 * @param {Surroundings} surroundings
 * @returns {Promise<string | undefined>}
 */
async function ensurePinnedNode(surroundings) {
  if ((await pinnedNodeVersion(surroundings)) !== undefined) return undefined;
  surroundings.tell('packages: the install script of the package "node" did not run; npm rebuild node …');
  await npm(surroundings, ['rebuild', 'node', '--loglevel=error']);
  if ((await pinnedNodeVersion(surroundings)) !== undefined) return undefined;
  return (
    `node_modules/.bin/node does not run or is not Node ${PINNED_NODE_MAJOR}: ` +
    'npm was probably told not to run install scripts (ignore-scripts). ' +
    'Run "npm rebuild node --ignore-scripts=false", then try again.'
  );
}

/**
 * @param {Pick<Surroundings, 'root' | 'run'>} surroundings
 * @returns {Promise<string | undefined>}
 */
export async function pinnedNodeVersion({ root, run }) {
  const { node } = filesOf(root);
  if (!existsSync(node)) return undefined;
  const { ok, output } = await run(node, ['--version'], { timeout: 30_000 });
  const version = output.trim().replace(/^v/, '');
  return ok && Number(version.split('.')[0]) >= PINNED_NODE_MAJOR ? version : undefined;
}

/**
 * The machine's own npm with the machine's own Node: under `npm run` both may come from the very `node_modules` that
 * is about to be replaced, and npm's variables would pass the outer command's options on.
 * @param {Surroundings} surroundings
 * @param {string[]} commandArguments
 */
function npm({ environment, root, run }, commandArguments) {
  const outside = Object.entries(environment).filter(
    ([name]) => !/^npm_(execpath|node_execpath|lifecycle|package|command)/.test(name),
  );
  const path = (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(root, 'node_modules') + sep));
  const cleaned = { ...Object.fromEntries(outside), PATH: path.join(delimiter) };
  return run(findProgram('npm', cleaned) ?? 'npm', commandArguments, {
    cwd: root,
    environment: cleaned,
    timeout: 1_200_000,
  });
}

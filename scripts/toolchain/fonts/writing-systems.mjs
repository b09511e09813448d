// Which writing systems the machine's fonts can set. fontconfig is asked for a letter of each, since a font's name says
// little; where it has no program for that, the names of Noto's files must do.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../find-program.mjs';

/**
 * @typedef {object} WritingSystem
 * @property {string} name
 * @property {string} letter one that no font for Latin has
 * @property {RegExp} file a file of the font that the set-up installs for it
 */

/** @type {WritingSystem[]} */
export const WRITING_SYSTEMS = [
  { name: 'Japanese', letter: 'あ', file: /^NotoSansCJK/ },
  { name: 'Chinese', letter: '汉', file: /^NotoSansCJK/ },
  { name: 'Korean', letter: '한', file: /^NotoSansCJK/ },
  { name: 'emoji', letter: '🧡', file: /^NotoColorEmoji/ },
  { name: 'Arabic', letter: 'ع', file: /^Noto(?:Sans|Naskh)Arabic-/ },
  { name: 'Hebrew', letter: 'ש', file: /^NotoSansHebrew-/ },
  { name: 'Devanagari', letter: 'ह', file: /^NotoSansDevanagari-/ },
  { name: 'Thai', letter: 'ท', file: /^NotoSansThai-/ },
];

/**
 * @typedef {Pick<import('../surroundings.mjs').Surroundings, 'environment' | 'run' | 'fontFolders'>} FontSurroundings
 */

/**
 * The file of the first font that has a letter of each writing system, by its name; undefined where there is none.
 * @param {FontSurroundings} surroundings
 * @param {string} [fontconfigFile] instead of the machine's own configuration
 * @returns {Promise<{ name: string, file: string | undefined }[]>}
 */
export async function fontsByWritingSystem(surroundings, fontconfigFile) {
  const list = findProgram('fc-list', surroundings.environment);
  const files = list === undefined ? surroundings.fontFolders.flatMap(fontFiles) : [];
  return Promise.all(
    WRITING_SYSTEMS.map(async ({ name, letter, file }) => ({
      name,
      file:
        list === undefined
          ? files.find((path) => file.test(path.slice(path.lastIndexOf('/') + 1)))
          : await fontWith(surroundings, list, letter, fontconfigFile),
    })),
  );
}

/**
 * @param {FontSurroundings} surroundings
 * @param {string} list
 * @param {string} letter
 * @param {string | undefined} fontconfigFile
 */
async function fontWith({ run, environment }, list, letter, fontconfigFile) {
  const code = letter.codePointAt(0)?.toString(16);
  const { output } = await run(list, [`:charset=${code}`, 'file'], {
    environment: { ...environment, ...(fontconfigFile === undefined ? {} : { FONTCONFIG_FILE: fontconfigFile }) },
    timeout: 60_000,
  });
  return /^(.+?):?\s*$/m.exec(output)?.[1];
}

/** @param {string} folder @returns {string[]} */
function fontFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ttf|otf|ttc)$/i.test(name))
    .map((name) => join(folder, name));
}

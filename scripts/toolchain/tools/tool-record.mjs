// `.lodestone/tools.json`: what the set-up found, for the application, the tests and the next set-up. The quick path
// uses an entry only while the file and the settings are the same as when the tool was found.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../cache.mjs';
import { findProgram } from '../find-program.mjs';

/**
 * @typedef {object} PresentEntry
 * @property {string} path
 * @property {string} version
 * @property {string} source
 * @property {string} [needsProgram] a program on PATH that it can't run without
 * @property {number} [startMilliseconds]
 * @property {string} [warning]
 * @property {string} basis pinned version and settings that it was found under
 * @property {number} size of the file, with `modifiedAt` to notice that it was replaced
 * @property {number} modifiedAt
 *
 * @typedef {object} MissingEntry
 * @property {string} missing a sentence with the way to get it
 * @property {string} basis
 * @property {number} triedAt when downloads were last tried, as `Date.now()`
 * @property {boolean} [leftOut] by a set-up that was asked to (`--minimal`); only a set-up that somebody asks for gets it
 *
 * @typedef {PresentEntry | MissingEntry} Entry
 * @typedef {Record<string, Entry>} ToolRecord
 *
 * @typedef {import('../surroundings.mjs').Surroundings} Surroundings
 * @typedef {import('./tools.mjs').Tool} Tool
 */

// Without a network, `npm test` must not wait for the same failing downloads each time.
const TRY_AGAIN_AFTER = 60 * 60_000;

/** @param {Pick<Surroundings, 'stateFolder'>} surroundings */
export function recordFile({ stateFolder }) {
  return join(stateFolder, 'tools.json');
}

/** A record that can't be read is as good as none. @param {string} file @returns {ToolRecord} */
export function readRecord(file) {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  } catch {
    return {};
  }
}

/** @param {string} file @param {ToolRecord} record */
export function writeRecord(file, record) {
  writeFileAtomically(file, `${JSON.stringify(record, null, 2)}\n`);
}

/** @param {Tool} tool @param {Pick<Surroundings, 'environment' | 'cacheFolder'>} surroundings */
export function basisOf(tool, { environment, cacheFolder }) {
  const setting = tool.setting === undefined ? '' : (environment[tool.setting] ?? '');
  return [tool.pinned, setting, cacheFolder].join(' | ');
}

/**
 * @param {Tool} tool
 * @param {import('../packages/first-source.mjs').Found} found
 * @param {Pick<Surroundings, 'environment' | 'cacheFolder'>} surroundings
 * @returns {PresentEntry}
 */
export function presentEntry(tool, found, surroundings) {
  const { size, mtimeMs } = statSync(found.path);
  return { ...found, basis: basisOf(tool, surroundings), size, modifiedAt: mtimeMs };
}

/**
 * @param {Entry | undefined} entry
 * @returns {entry is PresentEntry}
 */
export function isPresent(entry) {
  return entry !== undefined && 'path' in entry;
}

/**
 * What to do about a tool, judged by its entry alone: nothing, a look at the places where it may have appeared
 * meanwhile, or the whole road with downloads.
 * @param {Entry | undefined} entry
 * @param {Tool} tool
 * @param {Pick<Surroundings, 'environment' | 'cacheFolder'>} surroundings
 * @param {number} now
 * @returns {'holds' | 'look' | 'get'}
 */
export function judgeEntry(entry, tool, surroundings, now) {
  if (entry === undefined || entry.basis !== basisOf(tool, surroundings)) return 'get';
  if (!isPresent(entry) && entry.leftOut) return 'look';
  if (!isPresent(entry)) return now - entry.triedAt < TRY_AGAIN_AFTER ? 'look' : 'get';
  if (entry.needsProgram && !findProgram(entry.needsProgram, surroundings.environment)) return 'get';
  const file = statSync(entry.path, { throwIfNoEntry: false });
  return file?.size === entry.size && file.mtimeMs === entry.modifiedAt ? 'holds' : 'get';
}

// The sources that download nothing: a path that the user set, programs on PATH, and what an earlier set-up cached.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readCachedTool } from '../cache.mjs';
import { findProgram } from '../find-program.mjs';

/**
 * @typedef {import('./first-source.mjs').Source} Source
 * @typedef {import('../surroundings.mjs').Surroundings} Surroundings
 * @typedef {(path: string) => Promise<{ version: string } | { problem: string }>} Inspect runs it to see that it works
 */

/**
 * @param {Surroundings} surroundings
 * @param {string} setting the environment variable's name
 * @param {Inspect} inspect
 * @returns {Source}
 */
export function fromSetting(surroundings, setting, inspect) {
  return {
    name: setting,
    reach: 'local',
    async ask() {
      const value = surroundings.environment[setting];
      if (!value) return { declined: '' };
      const path = resolve(surroundings.root, value);
      if (!existsSync(path)) return { declined: `${path} does not exist`, final: true };
      const inspected = await inspect(path);
      return 'problem' in inspected
        ? { declined: `${path} is not usable: ${inspected.problem}`, final: true }
        : { found: { path, version: inspected.version, source: `setting ${setting}` } };
    },
  };
}

/**
 * @param {Surroundings} surroundings
 * @param {string[]} names in order of preference
 * @param {Inspect} inspect
 * @returns {Source}
 */
export function fromPath(surroundings, names, inspect) {
  return {
    name: 'PATH',
    reach: 'local',
    async ask() {
      const problems = [];
      for (const name of names) {
        const path = findProgram(name, surroundings.environment);
        if (path === undefined) continue;
        const inspected = await inspect(path);
        if ('version' in inspected) return { found: { path, version: inspected.version, source: `${name} on PATH` } };
        problems.push(`${path}: ${inspected.problem}`);
      }
      return { declined: problems.join('; ') };
    },
  };
}

/**
 * Each tool was verified before it was put into the cache, but possibly on another machine that shares the cache.
 * @param {Surroundings} surroundings
 * @param {string} folder
 * @returns {Source}
 */
export function fromCache({ environment }, folder) {
  return {
    name: 'cache',
    reach: 'local',
    async ask() {
      const cached = readCachedTool(folder);
      if (cached === undefined) return { declined: '' };
      const { needsProgram } = cached;
      return needsProgram && !findProgram(needsProgram, environment)
        ? { declined: `it is there, but needs ${needsProgram}, which is not on PATH` }
        : { found: cached };
    },
  };
}

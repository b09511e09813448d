// The whole set-up: installs packages and tools in parallel and independently, so that one failure does not stop the others.
import { join } from 'node:path';
import { removeStagingFolders } from './cache.mjs';
import { firstThatHasIt } from './packages/first-source.mjs';
import { withLock } from './lock.mjs';
import { ensurePackages, packagesState } from './packages/packages.mjs';
import {
  basisOf,
  isPresent,
  judgeEntry,
  presentEntry,
  readRecord,
  recordFile,
  writeRecord,
} from './tools/tool-record.mjs';
import { missingSentence, TOOLS } from './tools/tools.mjs';

/**
 * @typedef {import('./surroundings.mjs').Surroundings} Surroundings
 * @typedef {import('./tools/tools.mjs').Tool} Tool
 * @typedef {import('./tools/tool-record.mjs').Entry} Entry
 *
 * @typedef {object} SetUpOptions
 * @property {boolean} ifNeeded believe the record where it holds, and don't repeat downloads that failed lately
 * @property {string[]} skip names of tools that this command does not need
 * @property {boolean} [minimal] leave out what jobs can do without and is large: the fonts
 */

/**
 * @param {Surroundings} surroundings
 * @param {SetUpOptions} options
 * @param {Tool[]} [tools]
 * @returns {Promise<boolean>} whether the command that follows can be started at all: the packages are there
 */
export async function setUp(surroundings, { ifNeeded, skip, minimal = false }, tools = TOOLS) {
  const wanted = tools.filter(({ name }) => !skip.includes(name));
  if (ifNeeded && packagesState(surroundings.root) === 'in-step' && allHold(surroundings, wanted)) {
    reportOn(surroundings, wanted, { everything: false });
    return true;
  }
  const packages = ensurePackages(surroundings).catch((error) => `The npm packages could not be installed: ${error}`);
  const packagesReady = packages.then((problem) => problem === undefined);
  // A cache that can't be written to must not end the process in the middle of npm's work.
  const tooling = ensureTools({ ...surroundings, packagesReady }, { ifNeeded, minimal, wanted, tools }).catch((error) =>
    surroundings.report(`The tools could not be set up: ${error}`),
  );
  const [problem] = await Promise.all([packages, tooling]);
  reportOn(surroundings, wanted, { everything: !ifNeeded });
  if (problem !== undefined) surroundings.report(problem);
  return problem === undefined;
}

/** @param {Surroundings} surroundings @param {Tool[]} wanted */
function allHold(surroundings, wanted) {
  const record = readRecord(recordFile(surroundings));
  return wanted.every((tool) => judgeEntry(record[tool.key], tool, surroundings, Date.now()) === 'holds');
}

/**
 * @param {Surroundings} surroundings
 * @param {{ ifNeeded: boolean, minimal: boolean, wanted: Tool[], tools: Tool[] }} options
 */
async function ensureTools(surroundings, { ifNeeded, minimal, wanted, tools }) {
  await withLock(join(surroundings.cacheFolder, 'set-up.lock'), surroundings.report, async () => {
    removeStagingFolders(surroundings.cacheFolder);
    const file = recordFile(surroundings);
    const before = readRecord(file);
    const entries = await Promise.all(
      tools.map(async (tool) => {
        const entry = before[tool.key];
        const leftOut = minimal && LEFT_OUT.includes(tool.name);
        if (!wanted.includes(tool)) return [tool.key, entry ?? skippedEntry(tool)];
        const judgement = leftOut ? 'look' : ifNeeded ? judgeEntry(entry, tool, surroundings, Date.now()) : 'get';
        return [
          tool.key,
          judgement === 'holds'
            ? entry
            : await findTool(surroundings, tool, leftOut ? leftOutEntry(tool, surroundings) : entry, judgement),
        ];
      }),
    );
    writeRecord(file, Object.fromEntries(entries));
    removeStagingFolders(surroundings.cacheFolder);
  });
}

/**
 * @param {Surroundings} surroundings
 * @param {Tool} tool
 * @param {Entry | undefined} before
 * @param {'look' | 'get'} judgement
 * @returns {Promise<Entry>}
 */
async function findTool(surroundings, tool, before, judgement) {
  const result = await firstThatHasIt(tool.sources(surroundings), { localOnly: judgement === 'look' });
  if ('found' in result) return presentEntry(tool, result.found, surroundings);
  if (judgement === 'look' && before !== undefined) return before;
  return {
    missing: missingSentence(tool, result.reasons),
    basis: basisOf(tool, surroundings),
    triedAt: Date.now(),
  };
}

/** A later command that needs it gets it, since nothing was tried. @param {Tool} tool @returns {Entry} */
function skippedEntry(tool) {
  return { missing: `${tool.title} is not set up yet (for ${tool.use}): run "npm run setup".`, basis: '', triedAt: 0 };
}

/** What `--minimal` leaves out: 145 MB. */
const LEFT_OUT = ['fonts'];

/** @param {Tool} tool @param {Surroundings} surroundings @returns {Entry} */
function leftOutEntry(tool, surroundings) {
  const missing = `${tool.title} was left out (for ${tool.use}): "npm run setup" without --minimal gets it.`;
  return { missing, basis: basisOf(tool, surroundings), triedAt: Date.now(), leftOut: true };
}

/**
 * Missing tools are reported each time; available ones only when the set-up itself was requested.
 * @param {Surroundings} surroundings
 * @param {Tool[]} wanted
 * @param {{ everything: boolean }} options
 */
function reportOn(surroundings, wanted, { everything }) {
  const record = readRecord(recordFile(surroundings));
  for (const { key, title } of wanted) {
    const entry = record[key];
    if (!isPresent(entry)) surroundings.report(entry?.missing ?? `${title} is missing.`);
    else if (everything) surroundings.report(`${title} ${entry.version}: ${entry.path} (${entry.source})`);
    if (isPresent(entry) && entry.warning !== undefined) surroundings.report(`${title}: ${entry.warning}`);
  }
}

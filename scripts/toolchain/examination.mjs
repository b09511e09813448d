// The checks of the doctor. It asks the same local sources as the set-up, without downloads and without the record, so
// that it reports the state of the machine and not that of an earlier set-up.
import { firstThatHasIt } from './packages/first-source.mjs';
import { packagesState, pinnedNodeVersion } from './packages/packages.mjs';
import { examineSandbox } from './sandbox.mjs';
import { examineStore } from './store.mjs';
import { missingSentence, TOOLS } from './tools/tools.mjs';

/**
 * @typedef {object} Finding
 * @property {string} title
 * @property {boolean} required
 * @property {string} [version]
 * @property {string} [path]
 * @property {string} [source]
 * @property {string} [missing] a sentence with the way to get it
 * @property {string} [warning]
 * @property {string} [label] in the place of ok or MISSING
 * @property {import('./sandbox.mjs').ProbeOutcome[]} [probes] what was tried, and what came of it
 *
 * @typedef {{ ready: boolean, node: { running: string, pinned: string | null }, findings: Record<string, Finding> }} Examination
 *
 * @typedef {import('./surroundings.mjs').Surroundings} Surroundings
 */

// A look at fonts may install some during the set-up; here nothing is installed.
const nothing = () => Promise.resolve('the doctor installs nothing');
const NOTHING_INSTALLED = { install: nothing, download: nothing, unpack: nothing };

/**
 * @param {Surroundings} surroundings
 * @param {import('./tools/tools.mjs').Tool[]} [tools]
 * @returns {Promise<Examination>}
 */
export async function examine(surroundings, tools = TOOLS) {
  const looking = { ...surroundings, distribution: NOTHING_INSTALLED };
  const pinned = await pinnedNodeVersion(looking);
  const toolFindings = await Promise.all(tools.map(async (tool) => [tool.key, await examineTool(looking, tool)]));
  const findings = {
    packages: examinePackages(looking, pinned),
    ...Object.fromEntries(toolFindings),
    ...(await sandboxFinding(looking, pinned, Object.fromEntries(toolFindings))),
    store: await examineStore(surroundings),
  };
  return {
    ready: Object.values(findings).every(({ required, missing }) => !required || missing === undefined),
    node: { running: process.versions.node, pinned: pinned ?? null },
    findings,
  };
}

/**
 * @param {Surroundings} surroundings @param {string | undefined} pinned @param {Record<string, Finding>} tools
 * @returns {Promise<Record<string, Finding>>}
 */
async function sandboxFinding(surroundings, pinned, { python, pythonPackages }) {
  if (pinned === undefined || python === undefined || pythonPackages === undefined) return {};
  const paths = { python: python.path ?? null, pythonPackages: pythonPackages.path ?? null };
  return { sandbox: await examineSandbox(surroundings, paths) };
}

/** @param {Surroundings} surroundings @param {string | undefined} pinned @returns {Finding} */
function examinePackages({ root }, pinned) {
  const state = packagesState(root);
  const title = 'npm packages';
  if (state === 'missing' || state === 'changed') {
    const what = state === 'missing' ? 'They are not installed' : 'They are not those of package-lock.json';
    return { title, required: true, missing: `${what}: run "npm run setup".` };
  }
  return pinned === undefined
    ? { title, required: true, missing: 'The pinned Node does not run: run "npm rebuild node --ignore-scripts=false".' }
    : { title, required: true, version: `as in package-lock.json`, source: `with Node ${pinned}` };
}

/** @param {Surroundings} surroundings @param {import('./tools/tools.mjs').Tool} tool @returns {Promise<Finding>} */
async function examineTool(surroundings, tool) {
  const required = tool.required(surroundings.environment);
  const result = await firstThatHasIt(tool.sources(surroundings), { localOnly: true });
  return 'found' in result
    ? { title: tool.title, required, ...result.found }
    : { title: tool.title, required, missing: `${missingSentence(tool, result.reasons)} Or run "npm run setup".` };
}

/**
 * @param {Examination} examination
 * @returns {string}
 */
export function formatTable({ ready, node, findings }) {
  const rows = Object.values(findings).map(({ title, required, version, source, path, missing, label }) =>
    missing === undefined
      ? [label ?? 'ok', title, version ?? '', [source, path].filter(Boolean).join(', ')]
      : [label ?? (required ? 'MISSING' : 'missing'), title, '', required ? '' : 'optional'],
  );
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const notes = Object.values(findings).flatMap(({ title, missing, warning }) =>
    missing === undefined ? (warning === undefined ? [] : [`${title}: ${warning}`]) : [missing],
  );
  const probes = Object.values(findings).flatMap((finding) => finding.probes ?? []);
  const tried = probes.map(({ tries, outcome }) => `${outcome === 'held' ? 'held' : 'OPEN'}  ${tries}`);
  const verdict = ready ? 'All that jobs require is there.' : 'Something that jobs require is missing.';
  const nodes = `Node ${node.running} runs this; npm run uses ${node.pinned === null ? 'the same' : `Node ${node.pinned}`}.`;
  return `${[...table, '', ...section('Tried in the sandbox:', tried), ...notes, nodes, verdict].join('\n')}\n`;
}

/** @param {string} title @param {string[]} lines */
function section(title, lines) {
  return lines.length === 0 ? [] : [title, ...lines, ''];
}

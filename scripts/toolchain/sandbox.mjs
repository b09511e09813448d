// Tries the sandbox of generated code as a worker would use it. Programs alone say little: namespaces may be forbidden, and the
// files that it needs may be out of its user's reach.
import { join } from 'node:path';
import { lastOutput } from './run-command.mjs';
import { isPresent, readRecord, recordFile } from './tools/tool-record.mjs';

/**
 * @typedef {{ tries: string, outcome: string }} ProbeOutcome
 * @typedef {{ python: string | null, pythonPackages: string | null }} Paths
 * @typedef {{ python: string | null, javascript: string | null, packages: string | null, probes: ProbeOutcome[] }} TryOut
 */

/** The value of a variable that code must not find. */
const BAIT = 'a value that no code may see';
const UNSAFE = 'LODESTONE_SANDBOX is unsafe: code is not contained and can do whatever the worker can.';
const TIMEOUT = 60_000;
const TITLE = 'Sandbox of generated code';

/**
 * @param {Pick<import('./surroundings.mjs').Surroundings, 'root' | 'run' | 'environment'>} surroundings
 * @param {Paths} paths
 * @returns {Promise<import('./examination.mjs').Finding>}
 */
export async function examineSandbox({ root, run, environment }, paths) {
  const node = join(root, 'node_modules', '.bin', 'node');
  const program = join(root, 'activities', 'sandbox', 'probes', 'main.ts');
  const containment = environment['LODESTONE_SANDBOX'] === 'unsafe' ? 'unsafe' : 'bubblewrap';
  const asked = JSON.stringify({ ...paths, containment, variable: BAIT });
  const tried = await run(node, [program, asked], {
    timeout: TIMEOUT,
    environment: { ...environment, LODESTONE_PROBE: BAIT },
  });
  const answer = tried.ok ? tryOutOf(tried.output) : undefined;
  if (answer === undefined) {
    return { title: TITLE, required: false, missing: `The sandbox could not be tried: ${lastOutput(tried)}` };
  }
  return containment === 'unsafe' ? { ...findingOf(answer), label: 'UNSAFE', warning: UNSAFE } : findingOf(answer);
}

/** Says whether code runs, with the tools that the set-up found. @param {import('./surroundings.mjs').Surroundings} surroundings */
export async function reportSandbox(surroundings) {
  const record = readRecord(recordFile(surroundings));
  const paths = { python: recorded(record['python']), pythonPackages: recorded(record['pythonPackages']) };
  const { missing, warning, source } = await examineSandbox(surroundings, paths);
  surroundings.report(missing ?? `${TITLE}: runs ${source}`);
  if (warning !== undefined) surroundings.report(`${TITLE}: ${warning}`);
}

/** @param {import('./tools/tool-record.mjs').Entry | undefined} entry */
function recorded(entry) {
  return isPresent(entry) ? entry.path : null;
}

/** @param {TryOut} answer @returns {import('./examination.mjs').Finding} */
function findingOf({ python, javascript, packages, probes }) {
  const open = probes.filter(({ outcome }) => outcome !== 'held');
  if (open.length > 0) {
    const missing = `The sandbox does not hold. Run no generated code on this machine: ${open
      .map(({ tries, outcome }) => `${tries} (${outcome})`)
      .join('; ')}.`;
    return { title: TITLE, required: true, label: 'OPEN', missing, probes };
  }
  const languages = [...(python === null ? ['Python'] : []), ...(javascript === null ? ['JavaScript'] : [])];
  const problems = [python, javascript, packages].filter((problem) => problem !== null);
  const sentence = [...new Set(problems)].join(' ');
  if (languages.length === 0) return { title: TITLE, required: false, missing: sentence };
  const warning = sentence === '' ? {} : { warning: sentence };
  return { title: TITLE, required: false, version: 'runs', source: languages.join(' and '), probes, ...warning };
}

/** @param {string} output @returns {TryOut | undefined} */
function tryOutOf(output) {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

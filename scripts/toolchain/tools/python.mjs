// The Python that runs in the sandbox. Versions are those for which the packages have wheels.
import { fromPath, fromSetting } from '../packages/local-sources.mjs';
import { lastOutput } from '../run-command.mjs';

/** @typedef {import('../surroundings.mjs').Surroundings} Surroundings */

const SETTING = 'LODESTONE_PYTHON';

/** Everyone can read it, the sandbox's user too, unlike an interpreter in somebody's home. */
const SYSTEM_PYTHON = '/usr/bin/python3';

export const OLDEST_PYTHON = 11;
export const NEWEST_PYTHON = 14;

/** @type {import('./tools.mjs').Tool} */
export const python = {
  key: 'python',
  name: 'python',
  title: 'Python for the sandbox',
  setting: SETTING,
  pinned: `3.${OLDEST_PYTHON} to 3.${NEWEST_PYTHON}`,
  required: () => false,
  use: 'code steps in Python',
  wayToGetIt: `install your distribution's python3 (3.${OLDEST_PYTHON} to 3.${NEWEST_PYTHON}), or name one with ${SETTING}`,
  sources(surroundings) {
    const inspect = (/** @type {string} */ path) => inspectPython(surroundings, path);
    /** @type {import('../packages/first-source.mjs').Source} */
    const system = {
      name: SYSTEM_PYTHON,
      reach: 'local',
      async ask() {
        const seen = await inspect(SYSTEM_PYTHON);
        if ('problem' in seen) return { declined: seen.problem };
        return { found: { path: SYSTEM_PYTHON, version: seen.version, source: "the system's" } };
      },
    };
    return [
      fromSetting(surroundings, SETTING, inspect),
      system,
      fromPath(surroundings, ['python3'], inspect),
      {
        name: 'distribution package',
        reach: 'remote',
        async ask() {
          if (surroundings.platform !== 'linux') return { declined: 'the sandbox exists for Linux only' };
          const problem = await surroundings.distribution.install(['python3']);
          return problem === undefined ? system.ask() : { declined: problem };
        },
      },
    ];
  },
};

/**
 * @param {Pick<Surroundings, 'run'>} surroundings
 * @param {string} path
 * @returns {Promise<{ version: string } | { problem: string }>}
 */
async function inspectPython({ run }, path) {
  const source = 'import ast, json, resource, sys; print(".".join(map(str, sys.version_info[:3])))';
  const asked = await run(path, ['-I', '-S', '-c', source], { timeout: 20_000 });
  if (!asked.ok) return { problem: lastOutput(asked) };
  const version = asked.output.trim();
  const minor = minorOf(version);
  return minor < OLDEST_PYTHON || minor > NEWEST_PYTHON
    ? { problem: `${path} is ${version}, not 3.${OLDEST_PYTHON} to 3.${NEWEST_PYTHON}` }
    : { version };
}

/** @param {string} version of Python 3 */
export function minorOf(version) {
  return Number(/^3\.(\d+)/.exec(version)?.[1] ?? 0);
}

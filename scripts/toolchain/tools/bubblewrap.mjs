// bubblewrap makes the sandbox that code steps run in. Having the program is not enough: many containers forbid the
// namespaces it needs, so it is tried out.
import { findProgram } from '../find-program.mjs';
import { fromPath } from '../packages/local-sources.mjs';
import { lastOutput } from '../run-command.mjs';

/** @typedef {import('../surroundings.mjs').Surroundings} Surroundings */

/** @type {import('./tools.mjs').Tool} */
export const bubblewrap = {
  key: 'bubblewrap',
  name: 'bubblewrap',
  title: 'bubblewrap',
  pinned: 'any',
  required: () => false,
  use: 'the sandbox of code steps, which refuse to run without it',
  wayToGetIt: "install your distribution's bubblewrap, on a machine or container that allows user namespaces",
  sources(surroundings) {
    const onPath = fromPath(surroundings, ['bwrap'], (path) => inspectBubblewrap(surroundings, path));
    return [
      onPath,
      {
        name: 'distribution package',
        reach: 'remote',
        async ask() {
          if (surroundings.platform !== 'linux') return { declined: 'it exists for Linux only' };
          if (findProgram('bwrap', surroundings.environment)) return { declined: '' };
          const problem = await surroundings.distribution.install(['bubblewrap']);
          if (problem !== undefined) return { declined: problem };
          const answer = await onPath.ask();
          return 'found' in answer ? { found: { ...answer.found, source: "the distribution's package" } } : answer;
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
async function inspectBubblewrap({ run }, path) {
  const tried = await run(path, ['--ro-bind', '/', '/', '--unshare-all', 'true'], { timeout: 20_000 });
  if (!tried.ok) return { problem: `it can't make a sandbox here: ${lastOutput(tried)}` };
  const { output } = await run(path, ['--version'], { timeout: 20_000 });
  return { version: output.trim().split(' ').at(-1) || 'unknown' };
}

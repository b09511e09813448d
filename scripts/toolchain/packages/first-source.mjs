// How each tool is found: asks the sources in order, uses the first that has the tool, and records why the others did
// not. When a setting names an unusable program the search ends: the set-up does not silently use another one.

/**
 * @typedef {object} Found
 * @property {string} path
 * @property {string} version
 * @property {string} source where it came from, for people
 * @property {string} [needsProgram] a program on PATH that it can't run without
 * @property {number} [startMilliseconds] how long it took to listen, where that was measured
 * @property {string} [warning]
 *
 * @typedef {{ found: Found } | { declined: string, final?: boolean }} Answer
 *
 * @typedef {object} Source
 * @property {string} name
 * @property {'local' | 'remote'} reach a local source only looks; a remote one downloads or installs
 * @property {() => Promise<Answer>} ask
 */

/**
 * @param {Source[]} sources
 * @param {{ localOnly: boolean }} options
 * @returns {Promise<{ found: Found } | { reasons: string[] }>}
 */
export async function firstThatHasIt(sources, { localOnly }) {
  /** @type {string[]} */
  const reasons = [];
  for (const source of sources) {
    if (localOnly && source.reach === 'remote') continue;
    const answer = await askSafely(source);
    if ('found' in answer) return answer;
    if (answer.declined !== '') reasons.push(`${source.name}: ${answer.declined}`);
    if (answer.final) break;
  }
  return { reasons };
}

/**
 * A source that throws has not got it; the next one is asked.
 * @param {Source} source
 * @returns {Promise<Answer>}
 */
async function askSafely(source) {
  try {
    return await source.ask();
  } catch (error) {
    return { declined: error instanceof Error ? error.message : String(error) };
  }
}

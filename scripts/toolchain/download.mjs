// Downloads one file. A source that can't be reached must not delay the next one: there is a short limit until the
// answer begins and a limit for a pause within the download, but no limit for the whole (a line may be slow).
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { megabytes } from './progress.mjs';

const ANSWER_WITHIN = 10_000;
const SILENCE_AT_MOST = 30_000;

/** @typedef {Pick<import('./surroundings.mjs').Surroundings, 'fetch' | 'report'>} Net */

/**
 * @param {Net} net
 * @param {string} address
 * @param {{ file: string, title: string, sha256?: string }} options the hash is checked where it is known
 */
export async function downloadFile({ fetch, report }, address, { file, title, sha256 }) {
  const { response, watch } = await open(fetch, address);
  const size = Number(response.headers.get('content-length') ?? 0);
  report(`${title}: downloading ${size > 0 ? megabytes(size) : basename(file)} from ${new URL(address).host} …`);
  const hash = createHash('sha256');
  const target = createWriteStream(file);
  try {
    for await (const chunk of response.body ?? []) {
      watch.heard(SILENCE_AT_MOST);
      hash.update(chunk);
      if (!target.write(chunk)) await once(target, 'drain');
    }
  } finally {
    watch.end();
    await finish(target);
  }
  const got = hash.digest('hex');
  if (sha256 !== undefined && got !== sha256) {
    throw new Error(`${basename(file)} has the hash ${got}, not the expected ${sha256}`);
  }
}

/** @param {import('node:fs').WriteStream} target @returns {Promise<void>} */
function finish(target) {
  return new Promise((resolve) => target.end(resolve));
}

/**
 * @param {Net['fetch']} fetch
 * @param {string} address
 * @returns {Promise<string>} the text of a small answer
 */
export async function downloadText(fetch, address) {
  const { response, watch } = await open(fetch, address);
  try {
    return await response.text();
  } finally {
    watch.end();
  }
}

/** @param {Net['fetch']} fetch @param {string} address */
async function open(fetch, address) {
  const watch = silenceWatch();
  const host = new URL(address).host;
  try {
    const response = await fetch(address, { signal: watch.signal });
    if (!response.ok) throw new Error(`${host} answered ${response.status}`);
    watch.heard(SILENCE_AT_MOST);
    return { response, watch };
  } catch (error) {
    watch.end();
    throw new Error(reasonOf(error, host), { cause: error });
  }
}

function silenceWatch() {
  const controller = new AbortController();
  const abort = () => controller.abort(new Error('no answer in time'));
  let timer = setTimeout(abort, ANSWER_WITHIN);
  return {
    signal: controller.signal,
    /** @param {number} milliseconds */
    heard(milliseconds) {
      clearTimeout(timer);
      timer = setTimeout(abort, milliseconds);
    },
    end: () => clearTimeout(timer),
  };
}

/** `fetch` hides the reason ("fetch failed") in the cause. @param {unknown} error @param {string} host */
function reasonOf(error, host) {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return cause ? `${host} could not be reached (${cause})` : error.message;
}

// Keeps two set-ups (two terminals, two clones with one cache) from working on the same folder at once.
// The lock is a file that its owner touches every few seconds: an owner that was killed is noticed by its process id
// on the same machine, and by the missing renewals on another one (a shared folder, a container with its own process ids).
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const TOUCH_EVERY = 5_000;
const SILENT_AFTER = 60_000;
const LOOK_EVERY = 200;

/**
 * @template Result
 * @param {string} file
 * @param {(line: string) => void} report
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withLock(file, report, work) {
  const token = `${process.pid}@${hostname()} ${Math.random()}`;
  mkdirSync(dirname(file), { recursive: true });
  await acquire(file, token, report);
  const touching = setInterval(() => touch(file), TOUCH_EVERY);
  touching.unref();
  try {
    return await work();
  } finally {
    clearInterval(touching);
    if (readText(file) === token) rmSync(file, { force: true });
  }
}

/** @param {string} file @param {string} token @param {(line: string) => void} report */
async function acquire(file, token, report) {
  let reported = false;
  while (!tryToCreate(file, token)) {
    const owner = readText(file);
    if (owner !== undefined && isAbandoned(file, owner)) {
      // Read the lock again: another process may have taken it over meanwhile. If two processes still proceed, the work
      // is done twice but not corrupted, because everything in the cache is renamed into place whole.
      if (readText(file) === owner) rmSync(file, { force: true });
      continue;
    }
    if (!reported) report(`another set-up is at work (process ${owner?.split('@')[0] ?? 'unknown'}); waiting for it …`);
    reported = true;
    await pause(LOOK_EVERY);
  }
}

/** @param {string} file @param {string} token */
function tryToCreate(file, token) {
  try {
    writeFileSync(file, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file @param {string} owner */
function isAbandoned(file, owner) {
  const [processId, host] = (owner.split(' ')[0] ?? '').split('@');
  if (host === hostname() && !isAlive(Number(processId))) return true;
  const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return touched !== undefined && Date.now() - touched > SILENT_AFTER;
}

/** @param {number} processId */
function isAlive(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {string} file */
function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Another process took over the lock, perhaps because this machine slept. Finishing the work is still correct.
  }
}

/** @param {unknown} error */
function errorCode(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

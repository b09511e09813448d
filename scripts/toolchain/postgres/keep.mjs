// Starts a PostgreSQL server that does not outlive this process, whatever ends it.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { READY, ROLE } from './server.mjs';

/**
 * @typedef {object} KeptServer
 * @property {string} url of a role that may create databases, on the database `postgres`
 * @property {string} folder the server's, with its socket
 * @property {string} version
 * @property {number} pid of the process whose descendants are the server's
 * @property {() => Promise<void>} stop
 */

/**
 * @param {string} root the project's folder
 * @returns {Promise<KeptServer>} when it takes connections; rejects with the reason why it can't
 */
export async function startKeptServer(root) {
  const folder = mkdtempSync(join(tmpdir(), 'lodestone-postgres-'));
  const keeper = fork(join(import.meta.dirname, 'keeper.mjs'), [root, folder], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // It has its own process group, together with the server: Ctrl-C in the terminal reaches only the parent, which stops both.
    detached: true,
  });
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    keeper.once('exit', () => {
      // All is done already, unless the keeper was killed.
      killGroup(keeper.pid);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      resolve();
    });
  });
  const said = await new Promise((/** @type {(message: string) => void} */ resolve) => {
    keeper.once('message', (message) => resolve(typeof message === 'string' ? message : ''));
    keeper.once('error', ({ message }) => resolve(message));
    void ended.then(() => resolve('its keeper was killed'));
  });
  const { pid } = keeper;
  if (pid === undefined || !said.startsWith(READY)) {
    await ended;
    throw new Error(said);
  }
  const stop = async () => {
    keeper.ref();
    if (keeper.connected) keeper.disconnect();
    await ended;
  };
  // A server that was not stopped must not prevent its parent from ending.
  keeper.unref();
  keeper.channel?.unref();
  const url = `postgresql://${ROLE}@localhost:5432/postgres?host=${encodeURIComponent(folder)}`;
  return { url, folder, version: said.slice(READY.length), pid, stop };
}

/** @param {number | undefined} leader */
function killGroup(leader) {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

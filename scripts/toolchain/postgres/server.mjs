// A PostgreSQL server for tests: new, fast because nothing of it must outlive a crash, and reached by a Unix socket in a
// folder that only its owner may enter, so it needs neither a port nor a password.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { runAs, spawnOptions } from './run-as.mjs';
import { usableBinaries } from './binaries.mjs';

/**
 * @typedef {import('./run-as.mjs').Runner} Runner
 * @typedef {import('node:child_process').ChildProcess} ChildProcess
 */

// Names in the order of a language, as the official image of PostgreSQL has it: code that counts on the order of bytes
// must fail here and not in production.
const NEW_CLUSTER = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'].concat([
  '--locale-provider=icu',
  '--icu-locale=en-US',
  '--no-instructions',
]);

/** Not a superuser, as in production: what only a superuser may do must fail in tests. */
export const ROLE = 'lodestone';

/** How a keeper's message begins when the server takes connections; the version follows. Any other says why it does not. */
export const READY = 'ready ';

const SETTINGS = {
  listen_addresses: '',
  port: '5432',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  shared_buffers: '64MB',
  // Every test process has its own pools, and so have the programs that it starts.
  max_connections: '300',
  timezone: 'UTC',
};

/**
 * @param {string} root the project's folder
 * @param {Runner} runner its folder is the server's; the signal stops it
 * @returns {Promise<{ version: string, ended: Promise<void> }>} when it takes connections
 */
export async function startServer(root, runner) {
  const { postgres, initdb, version } = await usableBinaries(root, runner.folder, runner);
  const data = join(runner.folder, 'data');
  await runAs(runner, initdb, [`--pgdata=${data}`, ...NEW_CLUSTER]);
  await runAs(runner, postgres, ['--single', '-D', data, 'postgres'], `create role ${ROLE} login createdb\n`);
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: runner.folder });
  runner.signal.throwIfAborted();
  const server = spawn(postgres, ['-D', data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
    ...spawnOptions(runner),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  runner.signal.addEventListener('abort', () => stopNow(server), { once: true });
  const ended = once(server, 'exit').then(() => undefined);
  await takesConnections(server);
  return { version, ended };
}

/** Without writing anything down: its data are thrown away. @param {ChildProcess} server */
function stopNow(server) {
  server.kill('SIGQUIT');
  setTimeout(() => server.kill('SIGKILL'), 10_000).unref();
}

/** @param {ChildProcess} server @returns {Promise<void>} */
function takesConnections(server) {
  return new Promise((resolve, reject) => {
    let words = '';
    server.stderr?.setEncoding('utf8').on('data', (text) => {
      // Its messages are read as long as it runs, because a full pipe would block it; they are kept while it starts.
      words = `${words}${text}`.slice(-4000);
      if (words.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`the server ended: ${words.trim()}`)));
  });
}

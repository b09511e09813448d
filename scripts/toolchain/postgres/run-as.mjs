// Runs a program of PostgreSQL to its end, under the account that the server has.
import { spawn } from 'node:child_process';

/**
 * @typedef {object} Runner
 * @property {import('./account.mjs').Account | undefined} account
 * @property {string} folder that the account may enter; programs that can't enter the folder they are started in fail
 * @property {AbortSignal} signal ends what runs
 */

/**
 * Nothing of the caller's settings: `PGDATA` and its like name another server, and messages are read in English.
 * @param {Runner} runner
 */
export function spawnOptions({ account, folder }) {
  return { ...account, cwd: folder, env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } };
}

/**
 * @param {Runner} runner
 * @param {string} program
 * @param {string[]} parameters
 * @param {string} [input] for its standard input
 * @returns {Promise<string>} its standard output
 */
export function runAs(runner, program, parameters, input = '') {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      ...spawnOptions(runner),
      stdio: ['pipe', 'pipe', 'pipe'],
      signal: runner.signal,
      killSignal: 'SIGKILL',
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
    child.once('error', reject);
    // One that ends without reading it has its exit code to say so.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ended with ${code ?? signal}: ${errors.trim()}`));
    });
  });
}

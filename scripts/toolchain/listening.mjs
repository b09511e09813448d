// Starts a server to check that it listens, measures the time, and stops it in order.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY = 20;
const END_WITHIN = 30_000;

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** @param {number} port @returns {Promise<boolean>} */
function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/**
 * @param {number} port
 * @param {number} deadline
 * @param {AbortSignal} ended the server gave up by itself
 */
async function waitUntilListening(port, deadline, ended) {
  while (!ended.aborted && Date.now() < deadline) {
    if (await isListening(port)) return true;
    await pause(LOOK_EVERY);
  }
  return false;
}

/**
 * @param {string} executable called with the port as its only argument
 * @param {{ environment: Record<string, string | undefined>, within: number, linger?: number }} options
 *   `linger` is how long it is left alive, for a program that loads more after it listens
 * @returns {Promise<{ startMilliseconds: number } | { problem: string, ended: boolean }>} `ended`: by itself
 */
export async function tryServer(executable, { environment, within, linger = 0 }) {
  const port = await freePort();
  const started = Date.now();
  const child = spawn(executable, [String(port)], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  const ended = new AbortController();
  const end = once(child, 'close').catch((error) => (errors += String(error)));
  void end.then(() => ended.abort());
  const listening = await waitUntilListening(port, started + within, ended.signal);
  const startMilliseconds = Date.now() - started;
  if (listening) await pause(linger);
  const endedByItself = ended.signal.aborted;
  child.kill('SIGTERM');
  const giveUp = setTimeout(() => child.kill('SIGKILL'), END_WITHIN);
  await end;
  clearTimeout(giveUp);
  if (listening) return { startMilliseconds };
  // The output of a running server (mostly warnings of a JVM) is not the reason why it does not listen.
  const lastLine = errors.trim().split('\n').at(-1);
  return endedByItself
    ? { problem: lastLine || 'it ended by itself', ended: true }
    : { problem: `it did not listen within ${within / 1000} s`, ended: false };
}

/**
 * Starts a child process and stops it when this process stops: `supervise.ts --port N --patience MS -- PROGRAM …`.
 * Prints `ready` when the port answers; forwards a stop request, with a time limit; ends when the child does.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';

/** Orphaned workers stop at the same moment as this process: they can hand over their work for this long. */
const handOverMilliseconds = 3000;
const pollMilliseconds = 50;

const { values, positionals } = parseArgs({
  options: { port: { type: 'string' }, patience: { type: 'string' } },
  allowPositionals: true,
});
const options = z.object({ port: z.coerce.number(), patience: z.coerce.number() }).parse(values);
const [program = '', ...parameters] = positionals;

const server = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
// Forwarded, not inherited: a server whose output is no longer read would be killed by that.
server.stderr.on('data', (text: Buffer) => process.stderr.write(text));
const ended = new AbortController();
server.once('exit', () => ended.abort());
server.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  ended.abort();
});

async function stop(): Promise<void> {
  if (!process.connected) await delay(handOverMilliseconds, undefined, { ref: false });
  server.kill('SIGTERM');
  setTimeout(() => server.kill('SIGKILL'), options.patience).unref();
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

while (!ended.signal.aborted && !(await answers(options.port))) await delay(pollMilliseconds);
if (!ended.signal.aborted) {
  process.stdout.write(`ready 127.0.0.1:${options.port}\n`);
  await once(ended.signal, 'abort');
}
process.exitCode = server.exitCode ?? 1;

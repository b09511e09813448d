/** The process between the supervisor and a server: it stops the server, also one that ignores the first signal. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { freePorts } from '../../../demo/run/free-ports.ts';
import { spawnChild, type Child } from '../../../workers/local/child.ts';

/** A server that ignores SIGTERM, under the supervisor. */
async function stubbornServer(patience: string): Promise<{ readonly child: Child; readonly port: number }> {
  const [port = 0] = await freePorts(1);
  const server = `process.on('SIGTERM', () => undefined); require('node:net').createServer().listen(${port}, '127.0.0.1')`;
  const child = spawnChild({
    name: 'stubborn',
    file: join(import.meta.dirname, '../../../workers/local/supervise.ts'),
    parameters: ['--port', String(port), '--patience', patience, '--', process.execPath, '-e', server],
  });
  onTestFinished(() => child.kill());
  expect(await child.ready).toBe(`127.0.0.1:${port}`);
  return { child, port };
}

/** Whether something listens on a port. */
async function answers(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

it('a server that does not stop when it is asked to is killed after a time', async () => {
  const { child, port } = await stubbornServer('200');
  expect(await answers(port)).toBe(true);
  await child.stop();
  expect(await answers(port)).toBe(false);
});

it('a server whose supervisor is killed goes with it', async () => {
  const { child, port } = await stubbornServer('60000');
  process.kill(child.pid, 'SIGKILL');
  await child.ended;
  await vi.waitFor(async () => expect(await answers(port)).toBe(false), 30_000);
});

it('a server that cannot be run is reported in its own words', async () => {
  const child = spawnChild({
    name: 'absent',
    file: join(import.meta.dirname, '../../../workers/local/supervise.ts'),
    parameters: ['--port', '1', '--patience', '200', '--', '/nowhere/server'],
  });
  await expect(child.ready).rejects.toThrow('/nowhere/server');
});

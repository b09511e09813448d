/** No process outlives `npm start`, however that ends: real processes, real signals. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePorts } from '../../../demo/run/free-ports.ts';
import { startLocalStack } from '../../support/processes/local-stack.ts';

const limit = { timeout: 200_000 };

describe('what npm start has brought about', () => {
  it('is gone after the parent was killed with SIGKILL, when all of it was up', limit, async () => {
    const stack = await startLocalStack();
    await stack.said('Ctrl-C stops all.');
    // The parent, the supervisor and its server, the API, and a worker a queue.
    expect(await stack.alive()).toHaveLength(8);
    stack.process.kill('SIGKILL');
    await stack.gone();
    expect(await stack.alive()).toEqual([]);
  });

  it('is gone after the parent was killed with SIGKILL while it was starting', limit, async () => {
    const stack = await startLocalStack();
    await stack.said('starting the API and the workers');
    stack.process.kill('SIGKILL');
    await stack.gone();
    expect(await stack.alive()).toEqual([]);
  });

  it.each([
    ['SIGINT', 'starting Temporal'],
    ['SIGINT', 'starting the API and the workers'],
    ['SIGHUP', 'Ctrl-C stops all.'],
  ] as const)('is gone when the parent ends, after %s at "%s"', limit, async (signal, moment) => {
    const stack = await startLocalStack();
    await stack.said(moment);
    stack.process.kill(signal);
    expect(await stack.exitCode, stack.text()).toBe(0);
    expect(await stack.alive()).toEqual([]);
  });

  it('is stopped when one part cannot be started, and the reason is reported', limit, async () => {
    const [port = 0] = await freePorts(1);
    const taken = createServer().listen(port, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const stack = await startLocalStack({ LODESTONE_API_PORT: String(port) });
    expect(await stack.exitCode).toBe(1);
    expect(stack.text()).toContain(`port ${port} is in use`);
    expect(await stack.alive()).toEqual([]);
  });
});

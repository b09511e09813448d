import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { freePorts } from '../../../demo/run/free-ports.ts';
import { temporalAnswers } from '../../../workers/local/temporal-health.ts';
import { spawnTemporalServer } from '../../../workers/local/temporal-server.ts';
import { toolPath } from '../../../workers/local/tools.ts';
import { temporaryFolder } from '../../support/temporary-store.ts';

it('a Temporal server answers; one that is stopped does not, until it goes on', { timeout: 120_000 }, async () => {
  const [port = 0, uiPort = 0] = await freePorts(2);
  const dataFolder = join(await temporaryFolder(), 'temporal');
  const server = spawnTemporalServer({ executable: toolPath('temporalCli'), port, uiPort, dataFolder });
  onTestFinished(() => server.kill());
  await server.ready;
  const answers = (): Promise<boolean> => temporalAnswers(`127.0.0.1:${port}`, AbortSignal.timeout(1_000));
  await vi.waitFor(async () => expect(await answers()).toBe(true), { timeout: 60_000 });
  // Its process and the one that takes it along are a group.
  process.kill(-server.pid, 'SIGSTOP');
  // A process with many threads may still answer before all of them are suspended.
  await vi.waitFor(async () => expect(await answers()).toBe(false), { timeout: 60_000 });
  process.kill(-server.pid, 'SIGCONT');
  await vi.waitFor(async () => expect(await answers()).toBe(true), { timeout: 60_000 });
});

it('what takes connections and says nothing does not answer, and neither does nobody', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const silent = `127.0.0.1:${address.port}`;
  expect(await temporalAnswers(silent, AbortSignal.timeout(300))).toBe(false);
  server.close();
  expect(await temporalAnswers(silent, AbortSignal.timeout(300))).toBe(false);
});

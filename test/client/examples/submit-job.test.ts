/** The client script of the examples, run against a real dev server and a real worker process. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePorts } from '../../../demo/run/free-ports.ts';
import { startChild } from '../../../workers/local/child.ts';
import { startTemporalServer } from '../../../workers/local/temporal-server.ts';
import { toolPath } from '../../../workers/local/tools.ts';
import { databaseSettings } from '../../support/temporary-store.ts';

const root = join(import.meta.dirname, '..', '..', '..');

it('A01: the client example starts a job straight at Temporal, and its worker completes it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-example-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [port = 0, uiPort = 0] = await freePorts(2);
  const server = await startTemporalServer({ executable: toolPath('temporalCli'), port, uiPort, dataFolder: folder });
  onTestFinished(() => server.stop());
  const environment = {
    ...process.env,
    ...(await databaseSettings()),
    TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
    LODESTONE_DATA_DIR: folder,
    LODESTONE_LOG_LEVEL: 'silent',
  };
  const worker = await startChild({
    name: 'worker',
    file: join(root, 'workers/main.ts'),
    parameters: ['--queues', 'jobs'],
    environment,
  });
  onTestFinished(() => worker.stop());

  const example = spawn(process.execPath, ['client/examples/submit-job.ts'], { cwd: root, env: environment });
  let said = '';
  example.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const exitCode = await new Promise((resolve) => {
    example.once('exit', resolve);
  });
  expect(exitCode).toBe(0);
  expect(JSON.parse(said)).toMatchObject({ outcome: 'completed', steps: [{ id: 'card', state: 'succeeded' }] });
});

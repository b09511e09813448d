/**
 * An API and workers as processes that share a PostgreSQL database and the folder of artifacts alone, as on several machines:
 * each has a data folder of its own.
 */
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { judge } from '../../../chaos/processes/verdict.ts';
import { prepareWork } from '../../../chaos/processes/work.ts';
import { freePorts } from '../../../demo/run/free-ports.ts';
import { startWorld } from '../../../demo/run/world.ts';
import { spawnChild, type Child } from '../../../workers/local/child.ts';
import { spawnTemporalServer } from '../../../workers/local/temporal-server.ts';
import { toolPath } from '../../../workers/local/tools.ts';
import { databaseSettings, temporaryFolder } from '../../support/temporary-store.ts';

const root = join(import.meta.dirname, '..', '..', '..');

it(
  'a job, a batch and a computer-use run on workers with a data folder each, which share database and artifacts',
  { timeout: 240_000 },
  async () => {
    const folder = await temporaryFolder();
    const [port = 0, uiPort = 0, apiPort = 0] = await freePorts(3);
    const apiUrl = `http://127.0.0.1:${apiPort}`;
    const world = await startWorld({ folder, openAiKey: undefined, modelLatencyMilliseconds: 20, apiUrl });
    onTestFinished(() => world.close());
    const environment = {
      ...process.env,
      ...(await databaseSettings()),
      ...world.environment,
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      LODESTONE_API_PORT: String(apiPort),
      LODESTONE_LOG_LEVEL: 'error',
    };
    const started = async (child: Child): Promise<void> => {
      onTestFinished(() => child.kill());
      await child.ready;
    };
    await started(spawnTemporalServer({ executable: toolPath('temporalCli'), port, uiPort, dataFolder: folder }));
    const start = async (
      name: string,
      file: string,
      parameters: readonly string[],
      dataFolder: string,
    ): Promise<void> =>
      started(
        spawnChild({
          name,
          file: join(root, file),
          parameters: [...parameters],
          environment: { ...environment, LODESTONE_DATA_DIR: dataFolder },
        }),
      );
    await Promise.all([
      // The API has artifacts of its own, and so none of the workers'.
      start('api', 'client/api/main.ts', [], join(folder, 'api')),
      ...['jobs', 'llm', 'browser'].map(async (kind) =>
        start(`worker ${kind}`, 'workers/main.ts', ['--queues', kind], await dataFolder(folder, kind)),
      ),
    ]);

    const work = await prepareWork({ apiUrl, folder, world });
    await work.submitAudit();
    await work.submit(1, 20);
    const ended = await work.ended();
    expect(judge(world, ended)).toMatchObject({ ok: true, jobs: 2, jobsLost: 0, items: 20, itemsLost: 0 });
    // The worker of deliveries has sent the PDF that the worker with the browser made.
    expect(world.mail.messages().flatMap(({ attachments }) => attachments)).toHaveLength(1);
    const audit = ended.jobs.find(({ steps }) => steps.some(({ iterations }) => iterations > 0));
    const report = await fetch(`${apiUrl}/v1/jobs/${audit?.id}/artifacts/report.pdf`);
    expect([report.status, await report.text()]).toEqual([404, expect.stringContaining('LODESTONE_DATA_DIR')]);
  },
);

/** A data folder whose artifacts are those of the other workers, as by a mounted folder. */
async function dataFolder(folder: string, name: string): Promise<string> {
  const [own, shared] = [join(folder, name), join(folder, 'artifacts')];
  await mkdir(own);
  await mkdir(shared, { recursive: true });
  await symlink(shared, join(own, 'artifacts'));
  return own;
}

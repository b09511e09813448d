/**
 * Starts everything that a chaos run needs, on loopback: Temporal, the model server, the site, a worker of jobs, the
 * API and the store.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startEventApi } from '../../bench/event-api.ts';
import { startModelServer, type ModelServer } from '../../demo/model-server/server.ts';
import { newWebhookSecret } from '../../demo/model-server/webhook.ts';
import { freePorts } from '../../demo/run/free-ports.ts';
import { openStores, type Store } from '../../store/store.ts';
import { spawnChild, type Child } from '../../workers/local/child.ts';
import { startTemporalServer } from '../../workers/local/temporal-server.ts';
import { toolPath } from '../../workers/local/tools.ts';
import { defaultTenant } from '../../workflows/contract/names.ts';
import { manyStepBrain } from './brain.ts';
import type { KillOrder } from './kill-points.ts';
import { startManyStepSite, type ManyStepSite } from './site.ts';

export interface World {
  readonly steps: number;
  readonly client: Client;
  readonly model: ModelServer;
  readonly site: ManyStepSite;
  readonly store: Store;
  readonly hostsFolder: string;
  /** Starts a worker of the browser queue, which kills itself as ordered; waits until the worker is ready. */
  startWorker(order: KillOrder | null): Promise<Child>;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');
/** Long enough that a kill can fall into it. */
const modelLatencyMilliseconds = 60;

export async function startWorld(steps: number, databaseUrl?: string): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-computer-chaos-'));
  const dataFolder = join(folder, 'data');
  const [port = 0, uiPort = 0, apiPort = 0] = await freePorts(3);
  const parts: { stop(): Promise<unknown> }[] = [];
  const close = async (): Promise<void> => {
    for (const part of parts.toReversed()) await part.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const executable = toolPath('temporalCli');
    const temporal = await startTemporalServer({ executable, port, uiPort, dataFolder: join(folder, 'temporal') });
    parts.push(temporal);
    const webhook = { url: `http://127.0.0.1:${apiPort}/v1/provider-events`, secret: newWebhookSecret() };
    const latencyMilliseconds = modelLatencyMilliseconds;
    const model = await startModelServer({ brain: manyStepBrain, latencyMilliseconds, webhook });
    parts.push({ stop: () => model.close() });
    const site = await startManyStepSite(steps);
    parts.push({ stop: () => site.close() });
    const stores = await openStores({ dataFolder, databaseUrl });
    parts.push({ stop: () => stores.close() });
    const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
    parts.push({ stop: () => connection.close() });
    const environment = {
      ...process.env,
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      LODESTONE_DATA_DIR: dataFolder,
      LODESTONE_DATABASE_URL: databaseUrl,
      LODESTONE_LOG_LEVEL: 'error',
      LODESTONE_ALLOW_PRIVATE_ORIGINS: site.url,
      LODESTONE_CHROMIUM_SANDBOX: process.getuid?.() === 0 ? 'off' : 'on',
      // Some sessions get a warm browser and some start their own.
      LODESTONE_WARM_BROWSERS: '1',
      OPENAI_API_KEY: 'none',
      OPENAI_BASE_URL: model.url,
    };
    const jobsFile = join(root, 'workers/main.ts');
    const jobs = spawnChild({ name: 'worker jobs', file: jobsFile, parameters: ['--queues', 'jobs'], environment });
    parts.push(jobs);
    await jobs.ready;
    parts.push(await startEventApi(webhook, environment));
    return {
      steps,
      client: new Client({ connection }),
      model,
      site,
      store: stores.forTenant(defaultTenant),
      hostsFolder: join(dataFolder, 'browsers'),
      async startWorker(order) {
        const worker = spawnChild({
          name: 'chaos worker',
          file: join(root, 'chaos/computer/worker.ts'),
          environment: order === null ? environment : { ...environment, CHAOS_KILL: JSON.stringify(order) },
        });
        await worker.ready;
        return worker;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

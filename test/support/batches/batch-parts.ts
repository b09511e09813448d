/** Batches from end to end: Temporal's dev server, the API and a worker as processes, before a model server in this one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Brain } from '../../../demo/model-server/brains/brain.ts';
import { startModelServer, type ModelServer } from '../../../demo/model-server/server.ts';
import { newWebhookSecret } from '../../../demo/model-server/webhook.ts';
import { freePorts } from '../../../demo/run/free-ports.ts';
import type { StorePlace } from '../../../store/store.ts';
import { spawnChild, type Child } from '../../../workers/local/child.ts';
import { spawnTemporalServer } from '../../../workers/local/temporal-server.ts';
import { toolPath } from '../../../workers/local/tools.ts';
import { createStoreDatabase } from '../temporary-store.ts';

const root = join(import.meta.dirname, '..', '..', '..');

export interface BatchParts {
  /** Of the API. */
  readonly url: string;
  readonly temporalAddress: string;
  /** Of the worker. */
  readonly metricsAddress: string;
  /** For a test's files. */
  readonly folder: string;
  /** Of the API and the worker. */
  readonly store: StorePlace;
  readonly model: ModelServer;
  close(): Promise<void>;
}

export async function startBatchParts(
  brain: Brain,
  settings: Readonly<Record<string, string>> = {},
): Promise<BatchParts> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-batch-'));
  const [port = 0, uiPort = 0, apiPort = 0, metricsPort = 0] = await freePorts(4);
  const metricsAddress = `127.0.0.1:${metricsPort}`;
  const url = `http://127.0.0.1:${apiPort}`;
  const webhook = { url: `${url}/v1/provider-events`, secret: newWebhookSecret() };
  const model = await startModelServer({ brain, webhook });
  const temporalAddress = `127.0.0.1:${port}`;
  const database = await createStoreDatabase();
  const children: Child[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(children.map((child) => child.kill()));
    await model.close();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  };
  const environment = {
    ...process.env,
    OPENAI_API_KEY: 'any',
    OPENAI_BASE_URL: model.url,
    LODESTONE_PROVIDER_WEBHOOK_SECRET: webhook.secret,
    TEMPORAL_ADDRESS: temporalAddress,
    LODESTONE_DATA_DIR: folder,
    LODESTONE_DATABASE_URL: database.url,
    LODESTONE_METRICS_ADDRESS: metricsAddress,
    LODESTONE_API_PORT: String(apiPort),
    LODESTONE_LOG_LEVEL: 'error',
    ...settings,
  };
  try {
    const server = spawnTemporalServer({ executable: toolPath('temporalCli'), port, uiPort, dataFolder: folder });
    children.push(server);
    await server.ready;
    for (const [name, file] of Object.entries({ api: 'client/api/main.ts', worker: 'workers/main.ts' })) {
      children.push(spawnChild({ name, file: join(root, file), environment }));
    }
    await Promise.all(children.map((child) => child.ready));
  } catch (error) {
    await close();
    throw error;
  }
  const store = { dataFolder: folder, databaseUrl: database.url };
  return { url, temporalAddress, metricsAddress, folder, store, model, close };
}

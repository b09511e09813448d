/**
 * The environment in which batches are measured and broken: a dev server, a model server with its journal, and workers
 * to kill.
 */
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { Brain } from '../../demo/model-server/brains/brain.ts';
import { startModelServer, type ModelServer } from '../../demo/model-server/server.ts';
import { newWebhookSecret } from '../../demo/model-server/webhook.ts';
import { freePorts } from '../../demo/run/free-ports.ts';
import { startEventApi } from '../event-api.ts';
import { openStores, type Store } from '../../store/store.ts';
import { defaultTenant } from '../../workflows/contract/names.ts';
import { startChild, type Child } from '../../workers/local/child.ts';
import { startTemporalServer } from '../../workers/local/temporal-server.ts';
import { toolPath } from '../../workers/local/tools.ts';
import { BatchDefinitionSchema } from '../../workflows/contract/batches/schema.ts';
import { llmBatchType, type LlmBatchResult } from '../../workflows/contract/batches/batch.ts';
import type { BatchLimits } from '../../workflows/contract/batches/limits.ts';
import { taskQueue } from '../../workflows/contract/names.ts';

export interface BatchWorld {
  readonly store: Store;
  readonly model: ModelServer;
  readonly client: Client;
  readonly temporalAddress: string;
  /** The newest worker process. */
  worker(): Child;
  server(): Child;
  /** Kills the worker with SIGKILL, and starts another. */
  killWorker(): Promise<void>;
  restartServer(): Promise<void>;
  /** Stops the model server and its port, and starts it again with an empty journal. */
  takeModelAway(whileAway: () => Promise<void>): Promise<void>;
  /** Stores and seals a batch of short items, and starts its workflow. */
  start(batch: BatchOrder): Promise<WorkflowHandle & { result(): Promise<LlmBatchResult> }>;
  close(): Promise<void>;
}

export interface BatchOrder {
  readonly id: string;
  readonly items: number;
  readonly limits?: Partial<BatchLimits>;
  readonly maxOutputTokens?: number;
}

const root = join(import.meta.dirname, '..', '..');
const prefix = 'batch';

export async function startBatchWorld(request: {
  readonly folder: string;
  readonly latencyMilliseconds: number;
  /** The length of each answer. */
  readonly answerCharacters?: number;
  /** Whether an API receives the model server's events. */
  readonly sendsEvents?: boolean;
  /** Whether the model server still knows its responses after a restart. */
  readonly keepsResponses?: boolean;
  /** The PostgreSQL database of the store; without one it is SQLite's. */
  readonly databaseUrl?: string | undefined;
}): Promise<BatchWorld> {
  const { folder, latencyMilliseconds, answerCharacters = 0, databaseUrl } = request;
  const [port = 0, uiPort = 0, apiPort = 0] = await freePorts(3);
  const dataFolder = join(folder, 'data');
  const startServer = (): Promise<Child> =>
    startTemporalServer({ executable: toolPath('temporalCli'), port, uiPort, dataFolder: join(folder, 'temporal') });
  let server = await startServer();
  const padding = '.'.repeat(answerCharacters);
  const brain: Brain = { answer: ({ texts }) => ({ kind: 'text', text: `done: ${texts.join(' ')}${padding}` }) };
  const webhook = { url: `http://127.0.0.1:${apiPort}/v1/provider-events`, secret: newWebhookSecret() };
  const events = request.sendsEvents === true ? { webhook } : {};
  const kept = request.keepsResponses === true ? { stateFile: join(folder, 'responses.jsonl') } : {};
  const modelOptions = { brain, latencyMilliseconds, ...events, ...kept };
  let model = await startModelServer(modelOptions);
  const stores = await openStores({ dataFolder, databaseUrl });
  const store = stores.forTenant(defaultTenant);
  const address = `127.0.0.1:${port}`;
  const environment = {
    PATH: process.env['PATH'],
    TEMPORAL_ADDRESS: address,
    LODESTONE_DATA_DIR: dataFolder,
    LODESTONE_DATABASE_URL: databaseUrl,
    LODESTONE_QUEUE_PREFIX: prefix,
    LODESTONE_LOG_LEVEL: 'silent',
    LODESTONE_CHROMIUM_SANDBOX: 'off',
    OPENAI_API_KEY: 'stand-in',
    OPENAI_BASE_URL: model.url,
  };
  const startWorker = (): Promise<Child> =>
    startChild({
      name: 'worker',
      file: join(root, 'workers/main.ts'),
      parameters: ['--queues', 'jobs,llm'],
      environment,
    });
  let worker = await startWorker();
  const api = request.sendsEvents === true ? await startEventApi(webhook, environment) : null;
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  return {
    store,
    get model() {
      return model;
    },
    client,
    temporalAddress: address,
    worker: () => worker,
    server: () => server,
    async killWorker() {
      await worker.kill();
      worker = await startWorker();
    },
    async restartServer() {
      await server.kill();
      server = await startServer();
    },
    async takeModelAway(whileAway) {
      const { port: modelPort } = model;
      await model.close();
      await whileAway();
      model = await startModelServer({ ...modelOptions, port: modelPort });
    },
    async start({ id, items, limits = {}, maxOutputTokens = 64 }) {
      const parts = { name: id, model: 'gpt-5.4-mini', prompt: 'Say {{item.word}}', maxOutputTokens, limits };
      const definition = BatchDefinitionSchema.parse(parts);
      await store.batches.create({ id, definition, now: new Date() });
      await store.batchItems.import(id, words(id, items));
      await store.batches.seal(id);
      return client.workflow.start<(input: unknown) => Promise<LlmBatchResult>>(llmBatchType, {
        workflowId: id,
        taskQueue: taskQueue(prefix, 'jobs'),
        args: [{ batchId: id, limits: definition.limits, startPaused: false }],
      });
    },
    async close() {
      await worker.stop();
      await connection.close();
      await server.stop();
      await model.close();
      await api?.stop();
      await stores.close();
    },
  };
}

function* words(id: string, count: number): Generator<{ word: string }> {
  for (let index = 0; index < count; index += 1) yield { word: `${id} ${index}` };
}

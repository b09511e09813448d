/** The API process: `npm run api`. Serves the API and the pages, and starts what was accepted while Temporal was away. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { openStores } from '../../store/store.ts';
import { createProcessLog } from '../../workflows/contract/process-log.ts';
import { refusedSettingsCode, SettingsProblem } from '../../workflows/contract/settings.ts';
import { startTraces } from '../../traces/start.ts';
import { defaultTenant } from '../../workflows/contract/names.ts';
import { createApp } from './app.ts';
import { readApiSettings } from './config.ts';
import { createBatchTemporal } from './batches/batch-temporal.ts';
import { createExperimentTemporal } from './experiments/experiment-temporal.ts';
import { createFormTokens } from './embed/form-token.ts';
import { keptKey } from './embed/kept-key.ts';
import { createLimitsTemporal } from './limits/limits-temporal.ts';
import { createJobStarter } from './jobs/job-starter.ts';
import { createApiMetrics } from './metrics/metrics.ts';
import { serveMetrics } from './metrics/serve-metrics.ts';
import { runOutbox } from './outbox.ts';
import { createToolTemporal } from './tools/tool-temporal.ts';
import { toolChoicesOf } from '../../workflows/contract/tools/settings.ts';
import { connectTemporal } from './temporal-calls.ts';

/** How long a request that is under way may take to end when the process is stopped. */
const closingMilliseconds = 2000;
/** How long one request may send: items of a large batch, over a slow line. */
const uploadMilliseconds = 3_600_000;

async function main(): Promise<void> {
  const settings = readApiSettings();
  const log = createProcessLog(settings);
  const stores = await openStores({
    dataFolder: settings.LODESTONE_DATA_DIR,
    databaseUrl: settings.LODESTONE_DATABASE_URL,
  });
  // API processes with data folders of their own take the tokens of each other's forms.
  const formKey = await stores.acrossTenants.sharedKeys.agree(
    'form-tokens',
    await keptKey(join(settings.LODESTONE_DATA_DIR, 'form-tokens.key')),
  );
  const formTokens = createFormTokens(formKey, () => new Date());
  const traces = await startTraces({
    endpoint: settings.LODESTONE_TRACES_ENDPOINT,
    service: 'lodestone-api',
    warn: (problem) => log.warn(problem),
  });
  const temporal = connectTemporal(traces);
  const jobs = createJobStarter(temporal, settings.LODESTONE_QUEUE_PREFIX);
  const batches = createBatchTemporal(temporal, settings.LODESTONE_QUEUE_PREFIX);
  const experiments = createExperimentTemporal(temporal, settings.LODESTONE_QUEUE_PREFIX, settings.LODESTONE_AI_QUEUE);
  const { LODESTONE_API_HOST: hostname, LODESTONE_API_PORT: port } = settings;
  const server = createServer({ requestTimeout: uploadMilliseconds });
  await listen(server, hostname, port);
  const publicUrl = settings.LODESTONE_PUBLIC_URL ?? addressOf(server);
  const owned = { store: stores.forTenant(defaultTenant), acrossTenants: stores.acrossTenants, now: () => new Date() };
  const metrics = createApiMetrics(owned);
  const { LODESTONE_API_METRICS_ADDRESS: metricsAddress } = settings;
  const metricsServer = metricsAddress === undefined ? null : await serveMetrics(metrics.registry, metricsAddress);
  const app = createApp({
    ...owned,
    metrics,
    apiExportsMetrics: metricsServer !== null,
    jobs,
    batches,
    experiments,
    limits: createLimitsTemporal(temporal, settings.LODESTONE_QUEUE_PREFIX),
    tools: createToolTemporal(temporal, settings.LODESTONE_QUEUE_PREFIX),
    toolChoices: toolChoicesOf(settings),
    conversationHours: settings.LODESTONE_TOOL_CONVERSATION_HOURS,
    fileLimits: {
      roots: settings.LODESTONE_FILE_ROOTS,
      fileBytes: settings.LODESTONE_FILE_MEBIBYTES * 2 ** 20,
      requestBytes: settings.LODESTONE_FILES_MEBIBYTES * 2 ** 20,
    },
    allowedHosts: [hostname, ...settings.LODESTONE_ALLOWED_HOSTS],
    remoteMcp: settings.LODESTONE_REMOTE_MCP,
    log,
    traces,
    formTokens,
    publicUrl,
    aiQueue: settings.LODESTONE_AI_QUEUE,
    allowPrivateOrigins: settings.LODESTONE_ALLOW_PRIVATE_ORIGINS,
    trustedProxies: settings.LODESTONE_TRUSTED_PROXIES,
    providerWebhookSecret: settings.LODESTONE_PROVIDER_WEBHOOK_SECRET,
    temporalUi: { url: settings.LODESTONE_TEMPORAL_UI_URL, namespace: temporal.namespace },
  });
  const answer = getRequestListener(app.fetch);
  server.on('request', (incoming, outgoing) => void answer(incoming, outgoing));
  // For people, and for whoever started this process and waits for it.
  process.stdout.write(`ready ${publicUrl}\n`);

  const stop = new AbortController();
  const outbox = runOutbox({ stores, jobs, batches, experiments, log }, stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    metricsServer?.close();
    metricsServer?.closeAllConnections();
    await closeServer(server);
    await outbox;
    await temporal.close();
    await stores.close();
    await traces?.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
}

async function listen(server: Server, hostname: string, port: number): Promise<void> {
  server.listen(port, hostname);
  try {
    await once(server, 'listening');
  } catch (error) {
    const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const reason = inUse ? `port ${port} is in use; set LODESTONE_API_PORT` : String(error);
    throw new Error(`The API cannot listen on ${hostname}:${port}: ${reason}.`, { cause: error });
  }
}

/** The address as it came out: the setting may leave the port to the system. */
function addressOf(server: Server): string {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server has no address');
  return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
}

/** Lets requests end; streams of events go on for as long as a job does, and are cut. */
async function closeServer(server: Server): Promise<void> {
  server.close();
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, closingMilliseconds);
  await once(server, 'close');
  clearTimeout(cut);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof SettingsProblem ? refusedSettingsCode : 1;
}

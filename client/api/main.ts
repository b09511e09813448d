/** The API process: `npm run api`. Serves the API and the pages, and starts what was accepted while Temporal was away. */
import { serve } from '@hono/node-server';
import pino from 'pino';
import { openStore } from '../../store/store.ts';
import { SettingsProblem } from '../../workflows/contract/settings.ts';
import { createApp } from './app.ts';
import { readApiSettings } from './config.ts';
import { createJobStarter } from './job-starter.ts';
import { runOutbox } from './outbox.ts';

async function main(): Promise<void> {
  const settings = readApiSettings();
  const log = pino({ level: settings.LODESTONE_LOG_LEVEL }, pino.destination(2));
  const store = await openStore(settings.LODESTONE_DATA_DIR);
  const jobs = createJobStarter(settings.LODESTONE_QUEUE_PREFIX);
  const { LODESTONE_API_HOST: hostname, LODESTONE_API_PORT: port } = settings;
  const publicUrl = settings.LODESTONE_PUBLIC_URL ?? `http://${hostname}:${port}`;
  const app = createApp({
    store,
    jobs,
    log,
    publicUrl,
    allowPrivateOrigins: settings.LODESTONE_ALLOW_PRIVATE_ORIGINS,
    now: () => new Date(),
    temporalUi: { url: settings.LODESTONE_TEMPORAL_UI_URL, namespace: jobs.namespace },
  });
  const stop = new AbortController();
  const server = serve({ fetch: app.fetch, hostname, port }, () => {
    // For people, and for whoever started this process and waits for it.
    process.stdout.write(`ready ${publicUrl}\n`);
  });
  server.on('error', (error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EADDRINUSE' ? `port ${port} is in use; set LODESTONE_API_PORT` : error.message;
    process.stderr.write(`The API cannot listen on ${hostname}:${port}: ${reason}.\n`);
    process.exit(1);
  });
  const outbox = runOutbox({ store, jobs, log, signal: stop.signal });
  const end = async (): Promise<void> => {
    stop.abort();
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
    await outbox;
    await jobs.close();
    await store.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof SettingsProblem ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

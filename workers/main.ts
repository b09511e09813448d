/**
 * The worker process: `npm run worker -- --queues jobs,llm`. It stops in order on a signal; work is handed over, not
 * lost.
 */
import { parseArgs } from 'node:util';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime, type NativeConnectionOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { WorkerTold } from '../store/platform/worker-beats.ts';
import { startTraces } from '../traces/start.ts';
import { onRecordedRun } from '../store/runs/recorded-runs.ts';
import { queueKinds, usualQueueKinds, type QueueKind } from '../workflows/contract/names.ts';
import { createProcessLog } from '../workflows/contract/process-log.ts';
import { refusedSettingsCode, SettingsProblem, unreachableCode } from '../workflows/contract/settings.ts';
import { readWorkerConfig, type WorkerSettings } from './config.ts';
import { createDependencies, type WorkerDependencies } from './dependencies.ts';
import { createWarmBrowsersGauge } from '../activities/computer-use/metrics.ts';
import { runAll } from './run-all.ts';
import { histogramBuckets } from './metrics/buckets.ts';
import { measureMemory } from './metrics/memory.ts';
import { createRunMetrics } from './metrics/runs.ts';
import { startJobsAtZero } from './metrics/jobs-at-zero.ts';
import { ensureLimitsTuningSchedule } from './limits-tuning-schedule.ts';
import { ensureReconcileSchedule } from './reconcile-schedule.ts';
import { tellWorkers } from './tell-workers.ts';
import { createWorkers } from './workers.ts';

const help = `Usage: npm run worker -- [--queues jobs,llm,browser,sandbox]

Serves task queues of Temporal. Without --queues it serves the first four:
  jobs         the job's workflow, webhooks, rendering, deliveries, records
  llm          AI steps
  browser      computer use
  sandbox      generated code
  sandbox-gpu  generated code that needs a graphics card
Settings are environment variables; see .env.example.
`;

/** Not necessarily wrong settings: the server may be there a moment later. */
class Unreachable extends Error {}

async function connect(options: NativeConnectionOptions): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Unreachable(`Temporal at ${options.address ?? '127.0.0.1:7233'} cannot be reached: ${message}`);
  }
}

/** Reported at the start, and not only when the first step that needs a sandbox fails. */
function warnOfSandboxes(settings: WorkerSettings, log: Logger): void {
  if (settings.LODESTONE_SANDBOX === 'unsafe') {
    log.warn('LODESTONE_SANDBOX is unsafe: generated code is not contained and can do whatever this worker can');
  }
  if (process.getuid?.() !== 0) return;
  if (settings.LODESTONE_CHROMIUM_SANDBOX) {
    log.warn('as root Chromium cannot use its sandbox: its steps will fail unless LODESTONE_CHROMIUM_SANDBOX is off');
  } else {
    log.warn('Chromium runs as root without its sandbox: a page that breaks out of it owns this machine');
  }
}

function readQueues(text: string): readonly QueueKind[] {
  return text.split(',').map((name) => {
    const kind = queueKinds.find((known) => known === name.trim());
    if (kind === undefined) throw new SettingsProblem(`There is no queue ${name}; known: ${queueKinds.join(', ')}.`);
    return kind;
  });
}

/** The longest time that a browser is kept for a step that has ended. */
const unneededMilliseconds = 5_000;

/** Looks after this machine's browsers from now on. Returns a function that stops it. */
function endUnneededBrowsers({ endUnneededBrowsers: end }: WorkerDependencies, log: Logger): () => void {
  const timer = setInterval(() => {
    end().catch((error: unknown) => log.warn({ error }, 'browsers that nobody needs could not be ended'));
  }, unneededMilliseconds);
  return () => clearInterval(timer);
}

function keepBrowsersWarm(dependencies: WorkerDependencies, log: Logger): void {
  const browsers = createWarmBrowsersGauge(Runtime.instance().metricMeter);
  dependencies.keepBrowsersWarm({
    count: browsers,
    onProblem: (error) => log.warn({ error }, 'no browser could be kept warm'),
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { queues: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) {
    process.stdout.write(help);
    return;
  }
  const queues = readQueues(values.queues ?? usualQueueKinds.join(','));
  const { settings, secrets } = readWorkerConfig();
  const log = createProcessLog(settings);
  installRuntime(settings, log);
  warnOfSandboxes(settings, log);
  const traces = await startTraces({
    endpoint: settings.LODESTONE_TRACES_ENDPOINT,
    service: 'lodestone-worker',
    warn: (problem) => log.warn(problem),
  });
  const dependencies = await createDependencies(settings, secrets, { traces });
  if (queues.includes('browser')) {
    const swept = await dependencies.sweepBrowsers();
    if (swept.length > 0) log.info({ swept }, 'browsers that dead workers left behind were removed');
  }
  if (queues.includes('sandbox') || queues.includes('sandbox-gpu')) dependencies.prepareSandboxes();
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await connect(connectionOptions);
  try {
    const workers = await createWorkers({ connection, namespace, queues, settings, dependencies, traces });
    if (queues.includes('jobs')) {
      const client = new Client({ connection, namespace });
      await ensureReconcileSchedule(client, settings.LODESTONE_QUEUE_PREFIX);
      await ensureLimitsTuningSchedule(client, settings.LODESTONE_QUEUE_PREFIX);
      startJobsAtZero(Runtime.instance().metricMeter, namespace, settings.LODESTONE_QUEUE_PREFIX);
    }
    log.info({ queues, namespace, prefix: settings.LODESTONE_QUEUE_PREFIX }, 'worker ready');
    // Also printed on standard output, for the process that started this one and waits for it.
    process.stdout.write(`ready ${queues.join(',')}\n`);
    const stop = queues.includes('browser') ? endUnneededBrowsers(dependencies, log) : undefined;
    if (queues.includes('browser')) keepBrowsersWarm(dependencies, log);
    const stopMeasuring = startMeasuring(log);
    const stopTelling = tellWorkers(
      { beats: dependencies.stores.acrossTenants.workerBeats, settings: toldOf(settings), log },
      workers,
    );
    try {
      await runAll(workers.map(({ worker }) => worker));
    } finally {
      stop?.();
      stopMeasuring();
      await stopTelling();
    }
  } catch (error) {
    // A worker that was created and never ran holds the connection; the cause is reported, not that.
    await connection.close().catch(() => undefined);
    await dependencies.close();
    await traces?.close();
    throw error;
  }
  await connection.close();
  await dependencies.close();
  await traces?.close();
  log.info('worker stopped');
}

/** The memory of this process and what it has started, and each run that it records. Returns a function that stops it. */
function startMeasuring(log: Logger): () => void {
  const { metricMeter } = Runtime.instance();
  const stopMemory = measureMemory(metricMeter, log);
  const stopRuns = onRecordedRun(createRunMetrics(metricMeter).measure);
  return () => {
    stopMemory();
    stopRuns();
  };
}

function toldOf(settings: WorkerSettings): WorkerTold {
  return {
    exportsMetrics: settings.LODESTONE_METRICS_ADDRESS !== undefined,
    alertReceivers:
      Number(settings.LODESTONE_ALERT_MAIL.length > 0) + Number(settings.LODESTONE_ALERT_URL !== undefined),
  };
}

/** Once a process: sets up logging, the stop signals, and the metrics of Temporal and of our own. */
function installRuntime({ LODESTONE_METRICS_ADDRESS: bindAddress }: WorkerSettings, log: Logger): void {
  const metrics = (address: string) => ({
    prometheus: { bindAddress: address, histogramBucketOverrides: histogramBuckets },
  });
  const telemetry = bindAddress === undefined ? {} : { telemetryOptions: { metrics: metrics(bindAddress) } };
  Runtime.install({ logger: toTemporalLogger(log), shutdownSignals: ['SIGINT', 'SIGTERM'], ...telemetry });
}

/** Sends Temporal's own log lines through our log. */
function toTemporalLogger(log: Logger): DefaultLogger {
  return new DefaultLogger('INFO', ({ level, message, meta }) => {
    const write = { TRACE: log.trace, DEBUG: log.debug, INFO: log.info, WARN: log.warn, ERROR: log.error }[level];
    write.call(log, meta ?? {}, message);
  });
}

function exitCodeOf(error: unknown): number {
  if (error instanceof SettingsProblem) return refusedSettingsCode;
  return error instanceof Unreachable ? unreachableCode : 1;
}

try {
  await main();
} catch (error) {
  const isKnown = error instanceof SettingsProblem || error instanceof Unreachable;
  const text = isKnown ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text ?? 'unknown error'}\n`);
  process.exitCode = exitCodeOf(error);
}

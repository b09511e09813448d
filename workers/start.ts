/** `npm start`: all parts on one machine, supervised until Ctrl-C. */
import { openStores, type Stores } from '../store/store.ts';
import { readSettings, refusedSettingsCode, SettingsProblem } from '../workflows/contract/settings.ts';
import { alertOfGivenUp } from './alerting.ts';
import { readEnvironment, readWorkerConfig, type WorkerSettings } from './config.ts';
import { takeLock } from '../store/platform/instance-lock.ts';
import { partMetricsAddress } from './local/parts.ts';
import { startStack, type Stack } from './local/stack.ts';
import { Stopped, stopRequest, type StopRequest } from './local/stop-request.ts';
import { SettingsRefused } from './local/supervision/part.ts';
import { reportParts, type PartReporting } from './local/supervision/reporting.ts';
import { bearUnreadOutput } from './local/unread-output.ts';
import { StartSettingsSchema, type StartSettings } from './start-settings.ts';

async function main(): Promise<void> {
  bearUnreadOutput();
  // Before anything is started: whatever runs by then is stopped in order.
  const stop = stopRequest();
  const environment = readEnvironment();
  const settings = readSettings(StartSettingsSchema, environment);
  // Settings that each of three workers would refuse are refused once, before anything is started.
  const { settings: workerSettings } = readWorkerConfig(environment);
  const apiUrl = `http://127.0.0.1:${settings.LODESTONE_API_PORT}`;
  const release = await takeLock(settings.LODESTONE_DATA_DIR, apiUrl);
  try {
    const stores = await openStores({
      dataFolder: settings.LODESTONE_DATA_DIR,
      databaseUrl: settings.LODESTONE_DATABASE_URL,
    });
    try {
      await run(settings, { stores, workerSettings, environment, stop });
    } finally {
      await stores.close();
    }
  } finally {
    await release();
  }
}

interface Surroundings {
  readonly stores: Stores;
  readonly workerSettings: WorkerSettings;
  readonly environment: ReturnType<typeof readEnvironment>;
  readonly stop: StopRequest;
}

async function run(settings: StartSettings, surroundings: Surroundings): Promise<void> {
  const { stores, workerSettings, environment, stop } = surroundings;
  const metrics = partMetricsAddress(environment);
  const reporting = await reportParts({ parts: stores.acrossTenants.parts, metrics, say: sayWithTime });
  try {
    const stack = await start(settings, surroundings, reporting);
    printAddresses(stack);
    void stop.forced.then(() => say('killing what has not stopped …'));
    try {
      await Promise.race([stop.asked, stack.failed]);
    } catch (error) {
      // Nothing is left that could report it later.
      await alertOfGivenUp(workerSettings, stores, error, sayWithTime);
      throw error;
    } finally {
      say('stopping …');
      await stack.stop();
    }
  } finally {
    await reporting.close();
  }
}

function start(settings: StartSettings, { environment, stop }: Surroundings, reporting: PartReporting): Promise<Stack> {
  return startStack({
    dataFolder: settings.LODESTONE_DATA_DIR,
    ports: {
      temporal: settings.LODESTONE_TEMPORAL_PORT,
      temporalUi: settings.LODESTONE_TEMPORAL_UI_PORT,
      api: settings.LODESTONE_API_PORT,
    },
    environment,
    temporalAddress: settings.TEMPORAL_ADDRESS,
    progress: (line) => say(`${line} …`),
    onChange: reporting.onChange,
    stopRequest: stop,
  });
}

function printAddresses(stack: Stack): void {
  process.stdout.write(
    [
      `Pages and API    ${stack.apiUrl}`,
      `API reference    ${stack.apiUrl}/reference`,
      `Temporal Web UI  ${stack.temporalUiUrl}`,
      `Temporal         ${stack.temporalAddress}`,
      'Ctrl-C stops all. A second one does not wait.',
      '',
    ].join('\n'),
  );
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function sayWithTime(line: string): void {
  say(`${new Date().toISOString()} ${line}`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Stopped) return 0;
  return error instanceof SettingsProblem || error instanceof SettingsRefused ? refusedSettingsCode : 1;
}

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = exitCodeOf(error);
}

/** `npm start`: everything of one machine, kept up until Ctrl-C. */
import { readSettings, refusedSettingsCode, SettingsProblem } from '../workflows/contract/settings.ts';
import { readEnvironment, readWorkerConfig } from './config.ts';
import { takeLock } from './local/instance-lock.ts';
import { startStack, type Stack } from './local/stack.ts';
import { Stopped, stopRequest, type StopRequest } from './local/stop-request.ts';
import { SettingsRefused } from './local/supervision/part.ts';
import { StartSettingsSchema } from './start-settings.ts';

async function main(): Promise<void> {
  // Before anything is started: whatever is there by then is stopped in order.
  const stop = stopRequest();
  const environment = readEnvironment();
  const settings = readSettings(StartSettingsSchema, environment);
  // What each of three workers would refuse is refused once, and before anything is there.
  readWorkerConfig(environment);
  const apiUrl = `http://127.0.0.1:${settings.LODESTONE_API_PORT}`;
  const release = await takeLock(settings.LODESTONE_DATA_DIR, apiUrl);
  try {
    const stack = await startStack({
      dataFolder: settings.LODESTONE_DATA_DIR,
      ports: {
        temporal: settings.LODESTONE_TEMPORAL_PORT,
        temporalUi: settings.LODESTONE_TEMPORAL_UI_PORT,
        api: settings.LODESTONE_API_PORT,
      },
      environment,
      temporalAddress: settings.TEMPORAL_ADDRESS,
      progress: (line) => say(`${line} …`),
      onChange: (_report, sentence) => {
        if (sentence !== null) say(`${new Date().toISOString()} ${sentence}`);
      },
      stopRequest: stop,
    });
    tellAddresses(stack);
    await untilStopped(stack, stop);
  } finally {
    await release();
  }
}

function tellAddresses(stack: Stack): void {
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

async function untilStopped(stack: Stack, { asked, forced }: StopRequest): Promise<void> {
  void forced.then(() => say('killing what has not stopped …'));
  try {
    await Promise.race([asked, stack.failed]);
  } finally {
    say('stopping …');
    await stack.stop();
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
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

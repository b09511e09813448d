/** `npm start`: everything of one machine, staying up until Ctrl-C. */
import { readSettings } from '../workflows/contract/settings.ts';
import { readEnvironment } from './config.ts';
import { takeLock } from './local/instance-lock.ts';
import { startStack } from './local/stack.ts';
import { Stopped, stopRequest } from './local/stop-request.ts';
import { StartSettingsSchema } from './start-settings.ts';

async function main(): Promise<void> {
  // Before anything is started: whatever is there by then is stopped in order.
  const stopped = stopRequest();
  const environment = readEnvironment();
  const settings = readSettings(StartSettingsSchema, environment);
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
      progress: (line) => process.stderr.write(`${line} …\n`),
      stopped,
    });
    process.stdout.write(
      [
        `Pages and API    ${stack.apiUrl}`,
        `API reference    ${stack.apiUrl}/reference`,
        `Temporal Web UI  ${stack.temporalUiUrl}`,
        `Temporal         ${stack.temporalAddress}`,
        'Ctrl-C stops all.',
        '',
      ].join('\n'),
    );
    try {
      await Promise.race([stopped, stack.failed]);
    } finally {
      process.stderr.write('stopping …\n');
      await stack.stop();
    }
  } finally {
    await release();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof Stopped ? 0 : 1;
}

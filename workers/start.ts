/** `npm start`: everything of one machine, staying up until Ctrl-C. */
import { readSettings, SettingsProblem } from '../workflows/contract/settings.ts';
import { readEnvironment } from './config.ts';
import { takeLock } from './local/instance-lock.ts';
import { startStack } from './local/stack.ts';
import { StartSettingsSchema } from './start-settings.ts';

async function main(): Promise<void> {
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
      await Promise.race([interrupted(), stack.failed]);
    } finally {
      process.stderr.write('stopping …\n');
      await stack.stop();
    }
  } finally {
    await release();
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

try {
  await main();
} catch (error) {
  const text = error instanceof SettingsProblem || error instanceof Error ? error.message : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}

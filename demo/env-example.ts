/**
 * Writes `.env.example` from the schemas of the settings: `node demo/env-example.ts`. With `--check` it only compares the
 * file with the schemas; a test does the same.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ApiSettingsSchema } from '../client/api/config.ts';
import { WorkerSettingsSchema } from '../workers/config.ts';
import { StartSettingsSchema } from '../workers/start-settings.ts';
import { sharedSettings } from '../workflows/contract/settings.ts';
import { toolSettings } from '../workflows/contract/tools/settings.ts';

/** The path of the file. */
export const envExamplePath = join(import.meta.dirname, '..', '.env.example');

/** Settings that `@temporalio/envconfig` reads: those that people usually set. Our schemas do not contain them. */
const TemporalSettingsSchema = z.object({
  TEMPORAL_NAMESPACE: z.string().default('default').describe('Namespace at the Temporal server.'),
  TEMPORAL_API_KEY: z
    .string()
    .optional()
    .describe('Key of a Temporal server that asks for one, as Temporal Cloud does.'),
  TEMPORAL_PROFILE: z.string().optional().describe("Profile in Temporal's configuration file to take all this from."),
  TEMPORAL_CONFIG_FILE: z.string().optional().describe("Path of that file; Temporal's usual place when not set."),
});

/** Settings that only docker-compose.yml reads. */
const ComposeSettingsSchema = z.object({
  POSTGRES_PASSWORD: z
    .string()
    .default('temporal')
    .describe("Password of Temporal's database, taken when its volume is made; no port of it is published."),
  LODESTONE_SECRETS_FILE: z
    .string()
    .default('.env.example')
    .describe('File with the LODESTONE_SECRET_… lines for the worker that delivers. Only containers read it.'),
});

const groups: readonly (readonly [string, z.ZodObject])[] = [
  ['All processes', z.object(sharedSettings)],
  ['API and workers', z.object(toolSettings)],
  ['Workers', WorkerSettingsSchema],
  ['API', ApiSettingsSchema],
  ['npm start', StartSettingsSchema],
  ["Temporal's own, for all processes", TemporalSettingsSchema],
  ['docker compose', ComposeSettingsSchema],
];

const AnySchema = z.object({ description: z.string(), default: z.union([z.string(), z.number()]).default('') });

/** Returns the text of the file: every setting once, with its description and default. */
export function envExample(): string {
  const listed = new Set<string>();
  const parts = groups.map(([title, schema]) => {
    const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    const settings = Object.entries(described.properties ?? {}).filter(([name]) => !listed.has(name));
    for (const [name] of settings) listed.add(name);
    return [`# --- ${title} ---`, ...settings.map(([name, property]) => line(name, property))].join('\n');
  });
  const head =
    "# Made from the settings' schemas by `node demo/env-example.ts`: do not edit. Copy it to .env and set what you need.";
  const secrets =
    '# --- Secrets, for the workers ---\n# One that lead magnets name as {{secret.crm}}.\n# LODESTONE_SECRET_CRM=';
  return `${[head, ...parts, secrets].join('\n\n')}\n`;
}

/** Throws for a setting without a description, because many people read only this file. */
function line(name: string, property: unknown): string {
  const { description, default: value } = AnySchema.parse(property);
  return `# ${description}\n# ${name}=${value}`;
}

async function main(): Promise<void> {
  if (!process.argv.includes('--check')) {
    await writeFile(envExamplePath, envExample());
  } else if ((await readFile(envExamplePath, 'utf8')) !== envExample()) {
    process.stderr.write(".env.example is not what the settings' schemas say; run node demo/env-example.ts\n");
    process.exitCode = 1;
  }
}

if (process.argv[1] === import.meta.filename) await main();

/** Writes `.env.example` from the settings' schemas, so that it cannot drift: `node demo/env-example.ts`. A test checks it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ApiSettingsSchema } from '../client/api/config.ts';
import { WorkerSettingsSchema } from '../workers/config.ts';
import { StartSettingsSchema } from '../workers/start-settings.ts';
import { sharedSettings } from '../workflows/contract/settings.ts';

/** Where the file stands. */
export const envExamplePath = join(import.meta.dirname, '..', '.env.example');

const processes: readonly (readonly [string, z.ZodObject])[] = [
  ['All processes', z.object(sharedSettings)],
  ['Workers', WorkerSettingsSchema],
  ['API', ApiSettingsSchema],
  ['npm start', StartSettingsSchema],
];

const AnySchema = z.object({ description: z.string().optional(), default: z.unknown().optional() });

/** The text of the file: every setting once, with what it is for and its default. */
export function envExample(): string {
  const told = new Set<string>();
  const parts = processes.map(([title, schema]) => {
    const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    const settings = Object.entries(described.properties ?? {}).filter(([name]) => !told.has(name));
    for (const [name] of settings) told.add(name);
    return [`# --- ${title} ---`, ...settings.map(([name, property]) => line(name, property))].join('\n');
  });
  const head =
    "# Made from the settings' schemas by `node demo/env-example.ts`: do not edit. Copy it to .env and set what you need.";
  const secrets = '# A secret that lead magnets name as {{secret.crm}}.\n# LODESTONE_SECRET_CRM=';
  return [head, ...parts, `# --- Secrets ---\n${secrets}`, ''].join('\n\n').replace(/\n+$/, '\n');
}

function line(name: string, property: unknown): string {
  const { description = '', default: value } = AnySchema.parse(property);
  return `# ${description}\n# ${name}=${typeof value === 'string' || typeof value === 'number' ? value : ''}`;
}

if (process.argv[1] === import.meta.filename) await writeFile(envExamplePath, envExample());

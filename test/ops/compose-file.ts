/** The compose file as tests look at it: read, anchors merged, each service with the keys that ours use. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** The repository's own folder. */
export const root = join(import.meta.dirname, '..', '..');

const ServiceSchema = z.looseObject({
  profiles: z.array(z.enum(['dev', 'cluster'])).length(1),
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).default([]),
  /** Null hands a variable on as .env has it. */
  environment: z.record(z.string(), z.string().nullable()).default({}),
  env_file: z.string().optional(),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  restart: z.string(),
  security_opt: z.array(z.string()),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  'x-no-healthcheck': z.string().optional(),
});
export type Service = z.infer<typeof ServiceSchema>;

const text = await readFile(join(root, 'docker-compose.yml'), 'utf8');

export const composeFile: unknown = parse(text, { merge: true });

const parsed = z
  .looseObject({ services: z.record(z.string(), ServiceSchema), volumes: z.record(z.string(), z.null()) })
  .parse(composeFile);

export const { services } = parsed;
export const all: readonly (readonly [string, Service])[] = Object.entries(services);
export const namedVolumes = Object.keys(parsed.volumes);

/** The services that run our own image. */
export const ours = all.filter(([, { build }]) => build !== undefined);

/** A container that does one thing and ends. */
export function isOneShot({ restart }: Service): boolean {
  return restart.startsWith('on-failure');
}

/** Every variable that Compose takes from .env or the shell: within `${…}`, and where a service hands it on. */
export const interpolated: ReadonlySet<string> = new Set([
  ...[...text.matchAll(/\$\{([A-Z_]+)/g)].flatMap(([, name]) => (name === undefined ? [] : [name])),
  ...all.flatMap(([, { environment }]) =>
    Object.entries(environment).flatMap(([name, value]) => (value === null ? [name] : [])),
  ),
]);

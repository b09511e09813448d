/** Every probe, in the sandbox where it must fail, and in plain Python where it must succeed. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resourceProbes } from '../../../support/sandbox/probes/resources.ts';
import { resultProbes } from '../../../support/sandbox/probes/results.ts';
import { reachingProbes } from '../../../support/sandbox/probes/all.ts';
import { runPython, testLimits } from '../../../support/sandbox/python.ts';
import type { JsonObject } from '../../../../workflows/contract/json/json.ts';

const folders: string[] = [];
const servers: Server[] = [];
let bait: JsonObject;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-bait-'));
  folders.push(folder);
  await writeFile(join(folder, 'secret'), 'of the host');
  process.env['LODESTONE_TEST_BAIT'] = 'of the worker';
  const abstract = `lodestone-test-${process.pid}`;
  const [ipv4, ipv6] = [await listen({ host: '127.0.0.1', port: 0 }), await listen({ host: '::1', port: 0 })];
  await listen({ path: `\0${abstract}` });
  await listen({ path: join(folder, 'socket') });
  bait = {
    file: join(folder, 'secret'),
    socket: join(folder, 'socket'),
    folder,
    port: ipv4,
    port6: ipv6,
    abstract,
    variable: 'of the worker',
    process: process.pid,
  };
});

afterAll(async () => {
  for (const server of servers) server.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  delete process.env['LODESTONE_TEST_BAIT'];
});

function listen(where: { host: string; port: number } | { path: string }): Promise<number> {
  const server = createServer((socket) => socket.end());
  servers.push(server);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** What the source returns in plain Python, without a sandbox. */
async function withoutSandbox(source: string): Promise<unknown> {
  const code = `import json, sys\n${source}\nprint(json.dumps(main(json.loads(sys.argv[1]))))`;
  const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', code, JSON.stringify(bait)]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

describe('code in the sandbox cannot', () => {
  it.each(reachingProbes.map((probe) => [`${probe.kind}: ${probe.tries}`, probe] as const))('%s', async (_, probe) => {
    const { outcome, stderr } = await runPython(probe.source, { ...bait, folder: '/scratch/out' });
    expect(outcome, stderr).toMatchObject({ value: false });
  });

  it.each(resourceProbes.map((probe) => [probe.tries, probe] as const))('%s', async (_, { source, endsBy }) => {
    const limits = { ...testLimits, ...(endsBy === 'time_limit' ? { seconds: 2, cpuSeconds: 1 } : {}) };
    const { outcome } = await runPython(source, { folder: '/scratch' }, { limits });
    expect(outcome).toMatchObject(endsBy === null ? { value: false } : { problem: { type: endsBy } });
  });

  it.each(resultProbes.map((probe) => [probe.tries, probe] as const))('%s', async (_, { source }) => {
    const { outcome } = await runPython(source);
    expect(outcome).toMatchObject({ problem: { type: 'crashed' } });
  });
});

describe('plain Python can', () => {
  const controlled = reachingProbes.filter(({ noControl }) => noControl === undefined);
  it.each(controlled.map((probe) => [`${probe.kind}: ${probe.tries}`, probe] as const))('%s', async (_, probe) => {
    expect(await withoutSandbox(probe.source)).toBe(true);
  });
});

/** Every probe, in the sandbox where it must fail, and in plain Python where it must succeed. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Probe } from '../../../../activities/sandbox/probes/probe.ts';
import { probeRunner, runTogether, type ProbeResults } from '../../../../activities/sandbox/probes/together.ts';
import { resourceProbes } from '../../../support/sandbox/probes/resources.ts';
import { resultProbes } from '../../../support/sandbox/probes/results.ts';
import { reachingProbes } from '../../../support/sandbox/probes/all.ts';
import { runCode, runPython, testLimits } from '../../../support/sandbox/python.ts';
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

const together = reachingProbes.filter(({ alone }) => alone !== true);

/** What came of probes in plain Python, without a sandbox. */
async function withoutSandbox(probes: readonly Probe[]): Promise<unknown> {
  const code = `import json, sys\n${probeRunner}\nprint(json.dumps(main(json.load(sys.stdin))))`;
  const python = promisify(execFile)('/usr/bin/python3', ['-c', code]);
  python.child.stdin?.end(JSON.stringify({ probes: probes.map(({ source }) => source), bait }));
  return JSON.parse((await python).stdout.trim().split('\n').at(-1) ?? '');
}

describe('code in the sandbox cannot', () => {
  let results: ProbeResults;
  beforeAll(async () => {
    results = await runTogether(runCode, together, { bait: { ...bait, folder: '/scratch/out' }, limits: testLimits });
  });

  it.each(together.map(({ kind, tries }) => [`${kind}: ${tries}`, tries] as const))('%s', (_, tries) => {
    expect(results.get(tries)).toBe('held');
  });
});

describe.concurrent('code that has a sandbox for itself cannot', () => {
  const alone = reachingProbes.filter((probe) => probe.alone === true);
  it.each(alone.map(({ tries, source }) => [tries, source] as const))('%s', async (_, source) => {
    const { outcome, stderr } = await runPython(source);
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
  let results: ReadonlyMap<string, unknown>;
  beforeAll(async () => {
    const outcomes = z.array(z.string()).parse(await withoutSandbox(controlled));
    results = new Map(controlled.map(({ tries }, index) => [tries, outcomes[index]]));
  });

  it.each(controlled.map(({ kind, tries }) => [`${kind}: ${tries}`, tries] as const))('%s', (_, tries) => {
    expect(results.get(tries)).toBe('succeeded');
  });
});

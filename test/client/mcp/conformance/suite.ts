/** Runs the official MCP conformance suite for servers against the product's endpoint, over both generations of the protocol. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import leftOutList from './left-out.json' with { type: 'json' };
import { serveForSuite } from './server.ts';

const revisions = ['2025-11-25', '2026-07-28'] as const;

export interface Scenario {
  readonly name: string;
  readonly revision: string;
  readonly passed: number;
  /** A sentence for each check that failed. */
  readonly failed: readonly string[];
  /** Why the scenario, or some of its checks, do not concern the product. */
  readonly leftOut: readonly string[];
}

const LeftOutSchema = z.array(
  z.strictObject({
    scenarios: z.array(z.string()).default([]),
    checks: z.array(z.string()).default([]),
    reason: z.string(),
  }),
);
const leftOut = LeftOutSchema.parse(leftOutList);

const ChecksSchema = z.array(z.object({ id: z.string(), status: z.string(), errorMessage: z.string().optional() }));

/** Throws when the list of what is left out names what the suite does not have. */
export async function runSuite(): Promise<Scenario[]> {
  const server = await serveForSuite();
  try {
    const scenarios: Scenario[] = [];
    for (const revision of revisions) scenarios.push(...(await runRevision(server.url, revision)));
    const known = new Set(scenarios.map(({ name }) => name));
    const unknown = leftOut.flatMap((entry) => entry.scenarios).filter((name) => !known.has(name));
    if (unknown.length > 0) throw new Error(`left-out.json names scenarios that do not exist: ${unknown.join(', ')}`);
    return scenarios;
  } finally {
    server.close();
  }
}

async function runRevision(url: string, revision: string): Promise<Scenario[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-mcp-conformance-'));
  try {
    await command(['server', '--url', url, '--suite', 'all', '--spec-version', revision, '-o', folder]);
    const results = await readdir(folder);
    if (results.length === 0) throw new Error(`the suite ran nothing for ${revision}`);
    return await Promise.all(
      results.map(async (result) => {
        const name = result.replace(/^server-/, '').replace(/-\d{4}-\d{2}-\d{2}T[\d-]+Z$/, '');
        const checks = ChecksSchema.parse(JSON.parse(await readFile(join(folder, result, 'checks.json'), 'utf8')));
        return judge(name, revision, checks);
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function judge(name: string, revision: string, checks: z.infer<typeof ChecksSchema>): Scenario {
  const whole = leftOut.find(({ scenarios }) => scenarios.includes(name));
  if (whole !== undefined) return { name, revision, passed: 0, failed: [], leftOut: [whole.reason] };
  const failures = checks.filter(({ status }) => status === 'FAILURE');
  const excused = leftOut.filter((entry) => failures.some(({ id }) => entry.checks.includes(id)));
  const ids = new Set(excused.flatMap((entry) => entry.checks));
  return {
    name,
    revision,
    passed: checks.filter(({ status }) => status === 'SUCCESS').length,
    failed: failures.filter(({ id }) => !ids.has(id)).map(({ id, errorMessage }) => `${id}: ${errorMessage ?? ''}`),
    leftOut: excused.map(({ reason }) => reason),
  };
}

/** Its exit code counts scenarios that do not concern the product too, so the checks are read instead. */
function command(args: readonly string[]): Promise<void> {
  const entry = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/package.json'));
  return new Promise((resolve) => {
    execFile(process.execPath, [join(entry, '../dist/index.js'), ...args], { maxBuffer: 1e8 }, () => resolve());
  });
}

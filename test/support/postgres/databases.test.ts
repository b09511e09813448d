/** Databases of tests are new, and of one server; nothing of it outlives the run of the tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { createDatabase, temporaryDatabase } from './databases.ts';
import { processesNaming } from './processes.ts';
import { serverAddress } from './server-address.ts';
import { withClient } from './statements.ts';

const tables = async (url: string): Promise<unknown[]> =>
  withClient(url, async (client) => {
    const { rows } = await client.query(
      `select table_name from information_schema.tables where table_schema = 'public'`,
    );
    return rows.map(({ table_name: name }) => name);
  });

const execute = async (url: string, statement: string): Promise<void> =>
  withClient(url, async (client) => void (await client.query(statement)));

describe('a database of a test', () => {
  it('is new, whatever was done to another', async () => {
    const [first, second] = [await temporaryDatabase(), await temporaryDatabase()];
    await execute(first, 'create table thing ()');
    expect(await tables(first)).toEqual(['thing']);
    expect(await tables(second)).toEqual([]);
    expect(await tables(await temporaryDatabase())).toEqual([]);
  });

  it('is gone when it is dropped, also with a connection left open', async () => {
    const { url, drop } = await createDatabase();
    await withClient(url, async (client) => {
      const cutOff = vi.fn<(error: Error) => void>();
      client.on('error', cutOff);
      await drop();
      await expect.poll(() => cutOff).toHaveBeenCalled();
    });
    await expect(tables(url)).rejects.toThrow('does not exist');
  });

  it('is a copy of a template that is filled once, whoever needs it at once', async () => {
    const fill = vi.fn<(url: string) => Promise<void>>((url) => execute(url, 'create table filled ()'));
    const template = { name: 'filled_once', fill };
    const urls = await Promise.all([1, 2, 3].map(() => temporaryDatabase(template)));
    await execute(urls[0] ?? '', 'create table other ()');
    expect(await tables(urls[1] ?? '')).toEqual(['filled']);
    expect(await tables(await temporaryDatabase(template))).toEqual(['filled']);
    expect(fill).toHaveBeenCalledTimes(1);
  });

  it('has no half-filled template: one whose filling failed is filled anew', async () => {
    const name = 'filled_anew';
    const failing = async (url: string): Promise<void> => {
      await execute(url, 'create table half ()');
      throw new Error('the migration failed');
    };
    await expect(temporaryDatabase({ name, fill: failing })).rejects.toThrow('the migration failed');
    const url = await temporaryDatabase({ name, fill: (url) => execute(url, 'create table whole ()') });
    expect(await tables(url)).toEqual(['whole']);
  });
});

const ReportSchema = z.object({ url: z.string(), notes: z.array(z.string()), started: z.string() });
type Report = z.infer<typeof ReportSchema>;

interface SmallRun {
  readonly process: ChildProcess;
  readonly reports: () => Promise<readonly Report[]>;
  readonly words: () => string;
}

/** A run of two test files by a vitest of its own. */
async function startSmallRun(settings: Readonly<Record<string, string>>): Promise<SmallRun> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-small-run-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const vitest = join(import.meta.dirname, '..', '..', '..', 'node_modules', 'vitest', 'vitest.mjs');
  const config = join(import.meta.dirname, 'fixtures', 'vitest.config.ts');
  // Not as a part of this run: vitest passes settings to its child processes in the environment.
  const outside = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'));
  const child = spawn(process.execPath, [vitest, 'run', '--config', config], {
    env: { ...Object.fromEntries(outside), LODESTONE_FIXTURE_REPORTS: folder, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let words = '';
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (text: string) => (words += text));
  onTestFinished(() => killGroup(child));
  const report = async (name: string): Promise<Report> =>
    ReportSchema.parse(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')));
  return { process: child, reports: () => Promise.all([report('first'), report('second')]), words: () => words };
}

/** Test processes of a run that was killed may still wait. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

const folderOf = (url: string): string => new URL(url).searchParams.get('host') ?? '';

describe('the server of a run', () => {
  it('is one for all test files, each with a database of its own, and ends with the run', async () => {
    const run = await startSmallRun({});
    const [code] = await once(run.process, 'close');
    expect(code, run.words()).toBe(0);
    const [first, second] = await run.reports();
    expect(first?.started).toBe(second?.started);
    expect([first?.notes, second?.notes]).toEqual([['first'], ['second']]);
    const folder = folderOf(first?.url ?? '');
    expect(folder).toContain('lodestone-postgres-');
    expect(existsSync(folder)).toBe(false);
    expect(await processesNaming(folder)).toEqual([]);
  });

  it('may be one that is there already, where nothing of the run stays', async () => {
    const server = await serverAddress();
    const run = await startSmallRun({ LODESTONE_TEST_POSTGRES_URL: server });
    const [code] = await once(run.process, 'close');
    expect(code, run.words()).toBe(0);
    const names = (await run.reports()).map(({ url }) => new URL(url).pathname.slice(1));
    const ofRun = names[0]?.slice(0, names[0].lastIndexOf('_')) ?? '';
    expect(ofRun).toMatch(/^lodestone_test_/);
    const { rows } = await withClient(server, (client) =>
      client.query('select from pg_database where starts_with(datname, $1)', [ofRun]),
    );
    expect(rows).toEqual([]);
  });

  it('is asked for in one sentence where there is none, and its tests fail', async () => {
    const run = await startSmallRun({ LODESTONE_TEST_POSTGRES_URL: 'postgresql://somebody@127.0.0.1:1/postgres' });
    const [code] = await once(run.process, 'close');
    expect(code).toBe(1);
    expect(run.words()).toContain(
      'There is no PostgreSQL for the tests: connect ECONNREFUSED 127.0.0.1:1. Run "npm ci", or',
    );
  });

  it('does not outlive a run that is killed', async () => {
    const run = await startSmallRun({ LODESTONE_FIXTURE_STAYS: 'yes' });
    const patience = { timeout: 50_000, interval: 100 };
    const [first] = await vi.waitFor(run.reports, patience);
    const folder = folderOf(first?.url ?? '');
    expect(await processesNaming(folder)).not.toEqual([]);
    run.process.kill('SIGKILL');
    await vi.waitFor(async () => expect(await processesNaming(folder)).toEqual([]), patience);
    await vi.waitFor(() => expect(existsSync(folder)).toBe(false), patience);
  });
});

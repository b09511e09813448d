/** `npm run bench:job`: a job of four calls compared with a bare Temporal workflow of the same four, in one run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { freePorts } from '../demo/run/free-ports.ts';
import { startTemporalServer } from '../workers/local/temporal-server.ts';
import type { Child } from '../workers/local/child.ts';
import { toolPath } from '../workers/local/tools.ts';
import { startBare, startOurs, startStandIn, type Contender } from './job/contenders.ts';
import { cpuSeconds, median, percentile } from './measure.ts';

const help = `Usage: npm run bench:job -- [--jobs 300] [--singles 40] [--rounds 3]

A job of four calls (two in parallel, one after them, one webhook; each answered after 50 ms), ours against a bare
workflow, on one dev server with its database file. The two take turns; the table is of the medians over the rounds.
`;
const parallelJobs = 50;

interface Figures {
  readonly singleMilliseconds: number;
  readonly jobsPerSecond: number;
  /** Of the server and the contender's worker. */
  readonly cpuPerThousandJobs: number;
  readonly workerCpuPerThousandJobs: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      jobs: { type: 'string', default: '300' },
      singles: { type: 'string', default: '40' },
      rounds: { type: 'string', default: '3' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-bench-'));
  const children: Child[] = [];
  try {
    const [port = 0, uiPort = 0] = await freePorts(2);
    const server = await startTemporalServer({
      executable: toolPath('temporalCli'),
      port,
      uiPort,
      dataFolder: join(folder, 'temporal'),
    });
    children.push(server);
    const { child, standIn } = await startStandIn();
    children.push(child);
    const temporalAddress = `127.0.0.1:${port}`;
    const client = new Client({ connection: await Connection.connect({ address: temporalAddress }) });
    const place = { client, temporalAddress, dataFolder: join(folder, 'data'), standIn };
    const contenders = [await startBare(place), await startOurs(place)];
    for (const { workers } of contenders) children.push(...workers);
    await measureAll(contenders, server.pid, {
      jobs: Number(values.jobs),
      singles: Number(values.singles),
      rounds: Number(values.rounds),
    });
    await client.connection.close();
  } finally {
    for (const child of children.toReversed()) await child.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Extent {
  readonly jobs: number;
  readonly singles: number;
  readonly rounds: number;
}

async function measureAll(contenders: readonly Contender[], serverPid: number, extent: Extent): Promise<void> {
  for (const contender of contenders) await runMany(contender, 'warm-up', 20);
  const figures = new Map<string, Figures[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 1; round <= extent.rounds; round += 1) {
    // The order changes from round to round: the server slows down as its database grows.
    const order = round % 2 === 1 ? contenders : contenders.toReversed();
    for (const contender of order) {
      const measured = await measure(contender, serverPid, round, extent);
      figures.get(contender.name)?.push(measured);
      process.stderr.write(`round ${round}, ${contender.name}: ${JSON.stringify(measured)}\n`);
    }
  }
  report(figures.get('bare') ?? [], figures.get('ours') ?? []);
}

async function measure(contender: Contender, serverPid: number, round: number, extent: Extent): Promise<Figures> {
  const single: number[] = [];
  for (let index = 0; index < extent.singles; index += 1) {
    const start = performance.now();
    await contender.run(`${contender.name}-${round}-single-${index}`);
    single.push(performance.now() - start);
  }
  const workerPids = contender.workers.map(({ pid }) => pid);
  const serverBefore = await cpuSeconds([serverPid]);
  const workerBefore = await cpuSeconds(workerPids);
  const start = performance.now();
  await runMany(contender, `${round}-many`, extent.jobs);
  const seconds = (performance.now() - start) / 1000;
  const serverSeconds = (await cpuSeconds([serverPid])) - serverBefore;
  const workerSeconds = (await cpuSeconds(workerPids)) - workerBefore;
  return {
    singleMilliseconds: percentile(single, 0.5),
    jobsPerSecond: extent.jobs / seconds,
    cpuPerThousandJobs: ((serverSeconds + workerSeconds) / extent.jobs) * 1000,
    workerCpuPerThousandJobs: (workerSeconds / extent.jobs) * 1000,
  };
}

async function runMany(contender: Contender, name: string, jobs: number): Promise<void> {
  let next = 0;
  const line = async (): Promise<void> => {
    while (next < jobs) {
      next += 1;
      await contender.run(`${contender.name}-${name}-${next}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelJobs, jobs) }, line));
}

function report(bare: readonly Figures[], ours: readonly Figures[]): void {
  const rows: readonly (readonly [string, keyof Figures, boolean, string])[] = [
    ['single job, p50, ms', 'singleMilliseconds', false, '≤ 1.1'],
    ['jobs a second, 50 in parallel', 'jobsPerSecond', true, '≤ 1.15'],
    ['CPU s per 1,000 jobs (server + worker)', 'cpuPerThousandJobs', false, '≤ 1.15'],
    ['of it the worker', 'workerCpuPerThousandJobs', false, ''],
  ];
  process.stdout.write('| | bare | ours | ours : bare (spread over rounds) | goal |\n|---|---|---|---|---|\n');
  for (const [label, key, moreIsBetter, goal] of rows) {
    const ratios = ours.map((figures, index) => {
      const other = bare[index]?.[key] ?? Number.NaN;
      return moreIsBetter ? other / figures[key] : figures[key] / other;
    });
    const [low, high] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
    const cells = [median(bare.map((f) => f[key])).toFixed(1), median(ours.map((f) => f[key])).toFixed(1)];
    const cost = `${median(ratios).toFixed(2)} (${low} to ${high})${moreIsBetter ? ', as time a job' : ''}`;
    process.stdout.write(`| ${[label, ...cells, cost, goal].join(' | ')} |\n`);
  }
}

await main();

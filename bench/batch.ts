/**
 * `npm run bench:batch`: how close a batch comes to the rate that its model allows, and whether its memory stays flat.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bareActivityRate } from './batch/bare.ts';
import { measureMemory, type MemoryFigures } from './batch/memory.ts';
import { peakMegabytes } from './batch/resident.ts';
import { startBatchWorld, type BatchWorld } from './batch/world.ts';
import { databaseKind, startDatabases, type Databases } from './databases.ts';
import { cpuSeconds } from './measure.ts';

const help = `Usage: npm run bench:batch -- [--short | --memory [--items 100000]]
         [--database sqlite|postgres]

Batches against the model server, on one dev server with its database file and one worker process, 50 in parallel:
1,000 items of 1 s, and 10,000 items of 100 ms, beside bare activities of the same server. --short runs the first alone.
--memory runs none of these, but 1,000 and 100,000 items of 10 ms through the processes of npm start and the command line,
and tells their memory: 10 to 20 minutes. --items makes it another number than 100,000.
With --database postgres the store is in a PostgreSQL server of this run; its CPU and memory are not counted.
`;
const parallel = 50;

interface Figures {
  readonly items: number;
  readonly latencyMilliseconds: number;
  readonly seconds: number;
  /** The time that the model alone would need with all slots always in use. */
  readonly idealSeconds: number;
  readonly cpuSeconds: number;
  readonly workerMegabytes: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      items: { type: 'string', default: '100000' },
      database: { type: 'string', default: 'sqlite' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const databases = await startDatabases(databaseKind(values.database));
  process.stdout.write(`${databases.product}\n`);
  try {
    if (values.memory) await compareMemory(databases, 1_000, Number(values.items));
    else await compareRates(databases, values.short);
  } finally {
    await databases.stop();
  }
}

async function compareRates(databases: Databases, short: boolean): Promise<void> {
  const sizes: readonly (readonly [number, number])[] = [[1_000, 1_000], ...(short ? [] : [[10_000, 100] as const])];
  for (const [items, latency] of sizes) {
    print(await inWorld(databases, latency, (world) => measure(world, items, latency)));
  }
  const rate = await inWorld(databases, 0, (world) => bareActivityRate(world, 2_000, parallel));
  process.stdout.write(`bare activities on the same server: ${rate.toFixed(0)} a second\n`);
}

async function compareMemory(databases: Databases, few: number, many: number): Promise<void> {
  const measure = async (items: number): Promise<MemoryFigures> => {
    process.stderr.write(`${items} items …\n`);
    const figures = await inFolder(async (folder) => measureMemory(folder, await databases.create(), items));
    const { succeeded, sendSeconds, runSeconds } = figures;
    process.stdout.write(
      `${items} items, ${succeeded} succeeded: ${sendSeconds.toFixed(1)} s to send, ${runSeconds.toFixed(1)} s to run; MB\n`,
    );
    for (const { name, first, most, late } of figures.processes) {
      const sizes = [`at first ${first.toFixed(0)}`, `at most ${most.toFixed(0)}`, `in the end ${late.toFixed(0)}`];
      process.stdout.write(`  ${name}: ${sizes.join(', ')}\n`);
    }
    return figures;
  };
  const [before, after] = [await measure(few), await measure(many)];
  for (const [index, { name, most }] of after.processes.entries()) {
    const ratio = most / (before.processes[index]?.most ?? Number.NaN);
    process.stdout.write(`${name}: ${many} items take ${ratio.toFixed(2)} of the memory of ${few}\n`);
  }
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each batch runs in a separate installation, so that memory is that of one batch. */
async function inWorld<T>(
  databases: Databases,
  latencyMilliseconds: number,
  work: (world: BatchWorld) => Promise<T>,
): Promise<T> {
  return inFolder(async (folder) => {
    const world = await startBatchWorld({ folder, latencyMilliseconds, databaseUrl: await databases.create() });
    try {
      return await work(world);
    } finally {
      await world.close();
    }
  });
}

async function measure(world: BatchWorld, items: number, latencyMilliseconds: number): Promise<Figures> {
  // The first batch of a process loads code and fills caches.
  await run(world, 'warm', 100);
  const pids = [world.worker().pid, world.server().pid];
  const cpuBefore = await cpuSeconds(pids);
  const seconds = await run(world, 'measured', items);
  return {
    items,
    latencyMilliseconds,
    seconds,
    idealSeconds: (Math.ceil(items / parallel) * latencyMilliseconds) / 1000,
    cpuSeconds: (await cpuSeconds(pids)) - cpuBefore,
    workerMegabytes: await peakMegabytes(world.worker().pid),
  };
}

/** Seconds by the store's own record, from the workflow's start to the batch's end. */
async function run(world: BatchWorld, id: string, items: number): Promise<number> {
  const limits = { parallel, callsPerHour: 1_000_000, capUsd: 1000, capPerHourUsd: 1000 };
  const handle = await world.start({ id, items, limits });
  const { counts } = await handle.result();
  if (counts.succeeded !== items) throw new Error(`${counts.succeeded} of ${items} items succeeded`);
  const { startTime, closeTime } = await handle.describe();
  const batch = await world.store.batches.find(id);
  const began = Date.parse(batch?.startedAt ?? startTime.toISOString());
  const ended = Date.parse(batch?.endedAt ?? closeTime?.toISOString() ?? '');
  return (ended - began) / 1000;
}

function print(figures: Figures): void {
  const { items, latencyMilliseconds, seconds, idealSeconds } = figures;
  const rate = (items / seconds).toFixed(0);
  const share = (seconds / idealSeconds).toFixed(2);
  process.stdout.write(
    `${items} items of ${latencyMilliseconds} ms: ${seconds.toFixed(1)} s, ideal ${idealSeconds} s (${share} of it), ` +
      `${rate} items/s, ${figures.cpuSeconds.toFixed(1)} s of CPU (server and worker), ` +
      `worker at most ${figures.workerMegabytes.toFixed(0)} MB\n`,
  );
}

await main();

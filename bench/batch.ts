/** `npm run bench:batch`: how near a batch comes to what its model allows, and whether its memory stays flat. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bareActivityRate } from './batch/bare.ts';
import { startBatchWorld, type BatchWorld } from './batch/world.ts';
import { cpuSeconds } from './measure.ts';

const help = `Usage: npm run bench:batch -- [--short] [--memory]

Batches against the model server, on one dev server with its database file and one worker process, 50 in parallel:
1,000 items of 1 s, and 10,000 items of 100 ms. With --memory also 1,000 and 100,000 items of 10 ms, for the worker's memory.
--short runs the first alone.
`;
const parallel = 50;

interface Figures {
  readonly items: number;
  readonly latencyMilliseconds: number;
  readonly seconds: number;
  /** The time that the model alone would need with the window always full. */
  readonly idealSeconds: number;
  readonly cpuSeconds: number;
  readonly workerMegabytes: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const sizes: readonly (readonly [number, number])[] = [
    [1_000, 1_000],
    ...(values.short ? [] : [[10_000, 100] as const]),
  ];
  for (const [items, latency] of sizes) print(await inWorld(items, latency));
  process.stdout.write(`bare activities on the same server: ${(await bareRate()).toFixed(0)} a second\n`);
  if (values.memory) for (const items of [1_000, 100_000]) print(await inWorld(items, 10));
}

async function bareRate(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-bench-'));
  const world = await startBatchWorld({ folder, latencyMilliseconds: 0 });
  try {
    return await bareActivityRate(world, 2_000, parallel);
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each in a world of its own, so that memory is that of one batch. */
async function inWorld(items: number, latencyMilliseconds: number): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-bench-'));
  const world = await startBatchWorld({ folder, latencyMilliseconds });
  try {
    // The first batch of a process loads code and fills caches.
    await run(world, 'warm', 100);
    return await measure(world, items, latencyMilliseconds);
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(world: BatchWorld, items: number, latencyMilliseconds: number): Promise<Figures> {
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

/** Seconds by the store's own record, from the workflow's beginning to the batch's end. */
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

/** The most that a process has had in memory. */
async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
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

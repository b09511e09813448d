/** Measures contenders in turns, round by round: one job after the other, then many in parallel. */
import { cpuSeconds, percentile } from '../measure.ts';
import type { Contender } from './contenders.ts';

export interface Figures {
  readonly singleMilliseconds: number;
  readonly jobsPerSecond: number;
  /** Of the Temporal server, the contender's worker and its database server. */
  readonly cpuPerThousandJobs: number;
  readonly workerCpuPerThousandJobs: number;
  /** 0 where the database is in the worker. */
  readonly databaseCpuPerThousandJobs: number;
}

export interface Extent {
  readonly jobs: number;
  readonly singles: number;
  readonly rounds: number;
}

const parallelJobs = 50;

/** The figures of each contender, one for each round. */
export async function measureRounds(
  contenders: readonly Contender[],
  serverPid: number,
  extent: Extent,
): Promise<ReadonlyMap<Contender, readonly Figures[]>> {
  for (const contender of contenders) await runMany(contender, 'warm-up', 20);
  const figures = new Map<Contender, Figures[]>(contenders.map((contender) => [contender, []]));
  for (let round = 1; round <= extent.rounds; round += 1) {
    // The order changes from round to round: the server slows down as its database grows.
    const order = round % 2 === 1 ? contenders : contenders.toReversed();
    for (const contender of order) {
      const measured = await measure(contender, serverPid, round, extent);
      figures.get(contender)?.push(measured);
      process.stderr.write(`round ${round}, ${contender.name}: ${JSON.stringify(measured)}\n`);
    }
  }
  return figures;
}

async function measure(contender: Contender, serverPid: number, round: number, extent: Extent): Promise<Figures> {
  const single: number[] = [];
  for (let index = 0; index < extent.singles; index += 1) {
    const start = performance.now();
    await contender.run(`${contender.key}-${round}-single-${index}`);
    single.push(performance.now() - start);
  }
  const before = await cpuOf(contender, serverPid);
  const start = performance.now();
  await runMany(contender, `${round}-many`, extent.jobs);
  const seconds = (performance.now() - start) / 1000;
  const after = await cpuOf(contender, serverPid);
  const used = (part: keyof Cpu): number => ((after[part] - before[part]) / extent.jobs) * 1000;
  return {
    singleMilliseconds: percentile(single, 0.5),
    jobsPerSecond: extent.jobs / seconds,
    cpuPerThousandJobs: used('server') + used('worker') + used('database'),
    workerCpuPerThousandJobs: used('worker'),
    databaseCpuPerThousandJobs: used('database'),
  };
}

interface Cpu {
  readonly server: number;
  readonly worker: number;
  readonly database: number;
}

async function cpuOf({ worker, databasePids }: Contender, serverPid: number): Promise<Cpu> {
  return {
    server: await cpuSeconds([serverPid]),
    worker: await cpuSeconds([worker.pid]),
    database: await cpuSeconds(databasePids),
  };
}

async function runMany(contender: Contender, name: string, jobs: number): Promise<void> {
  let next = 0;
  const line = async (): Promise<void> => {
    while (next < jobs) {
      next += 1;
      await contender.run(`${contender.key}-${name}-${next}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelJobs, jobs) }, line));
}

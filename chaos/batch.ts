/**
 * `npm run chaos:batch`: kills a batch's worker with SIGKILL many times and compares the result with the model server's
 * journal.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBatchWorld, type BatchWorld } from '../bench/batch/world.ts';
import { databaseKind, startDatabases, type Databases } from '../bench/databases.ts';
import { runChaos, type ChaosReport } from './batch/run.ts';

const help = `Usage: npm run chaos:batch -- [--kills 20] [--items 1000] [--cap-kills 5]
         [--database sqlite|postgres]

1,000 items of 1 s, 50 in parallel; the worker is killed while they run, the Temporal server once. The model server tells the
API of responses that have ended: a call that was cut off before its id was stored is found again by that. Then a batch whose
cap is $1.00, with kills of its own. Exit 0 only when all kills fell, every item has ended once and with its answer, no call
was paid twice and no cap was exceeded. With --database postgres the store is in a PostgreSQL server of this run.
`;
const latencyMilliseconds = 1_000;
const capUsd = 1;
/**
 * How long a call waits for the provider's event before it is taken for lost: the model server answers within a second.
 */
const lost = { lostSeconds: 20, resubmitUncertain: true };

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '20' },
      items: { type: 'string', default: '1000' },
      'cap-kills': { type: 'string', default: '5' },
      database: { type: 'string', default: 'sqlite' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return true;
  }
  const databases = await startDatabases(databaseKind(values.database));
  try {
    return await runBoth(databases, {
      items: Number(values.items),
      kills: Number(values.kills),
      capKills: Number(values['cap-kills']),
    });
  } finally {
    await databases.stop();
  }
}

interface Extent {
  readonly items: number;
  readonly kills: number;
  readonly capKills: number;
}

async function runBoth(databases: Databases, { items, kills, capKills }: Extent): Promise<boolean> {
  const all = await inWorld(databases, 40, (world) =>
    runChaos(world, {
      id: 'chaos',
      items,
      kills,
      restartServer: true,
      limits: lost,
      say,
    }),
  );
  const whole = all.batch.state === 'ended' && all.batch.counts.succeeded === all.batch.itemCount;
  const allOk = printReport('chaos', databases, all, whole && all.kills === kills);
  // The price of a call is close to the amount reserved for it, so that the cap is reached after about two thirds of
  // the items.
  const capped = await inWorld(databases, 7_600, (world) =>
    runChaos(world, {
      id: 'capped',
      items: 160,
      kills: capKills,
      // A call that may have been paid is counted at its highest price, so each kill brings the cap closer.
      killEvery: 10,
      restartServer: false,
      limits: { ...lost, capUsd },
      maxOutputTokens: 2_000,
      say,
    }),
  );
  const capOk = printReport('cap', databases, capped, capped.kills === capKills);
  return allOk && capOk;
}

async function inWorld<T>(
  databases: Databases,
  answerCharacters: number,
  work: (world: BatchWorld) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-chaos-'));
  const databaseUrl = await databases.create();
  const world = await startBatchWorld({
    folder,
    latencyMilliseconds,
    answerCharacters,
    sendsEvents: true,
    databaseUrl,
  });
  try {
    return await work(world);
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function printReport(name: string, { product }: Databases, report: ChaosReport, isAsOrdered: boolean): boolean {
  const { batch, kills, seconds, paidCalls, paidTwice, answersFromNowhere } = report;
  const ok =
    isAsOrdered && paidTwice === 0 && answersFromNowhere === 0 && batch.spentUsd <= batch.definition.limits.capUsd;
  const { counts, flagged, spentUsd, reservedUsd } = batch;
  const figures = {
    ok,
    database: product,
    kills,
    seconds,
    state: batch.state,
    pause: batch.pause?.by ?? null,
    counts,
    flagged,
  };
  const money = { spentUsd, reservedUsd, paidCalls, paidTwice, answersFromNowhere };
  process.stdout.write(`${name}: ${JSON.stringify({ ...figures, ...money })}\n`);
  return ok;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

process.exitCode = (await main()) ? 0 : 1;

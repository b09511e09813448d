/** `npm run bench:job`: a job of four calls compared with a bare Temporal workflow of the same four, in one run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { freePorts } from '../demo/run/free-ports.ts';
import { startTemporalServer } from '../workers/local/temporal-server.ts';
import { toolPath } from '../workers/local/tools.ts';
import { databaseKindsOf, startDatabases, type DatabaseKind } from './databases.ts';
import { startBare, startOurs, startStandIn, type Contender } from './job/contenders.ts';
import { measureRounds, type Extent } from './job/rounds.ts';
import { table } from './job/table.ts';

const help = `Usage: npm run bench:job -- [--jobs 300] [--singles 40] [--rounds 3]
         [--database sqlite|postgres|both]

A job of four calls (two in parallel, one after them, one webhook; each answered after 50 ms), ours against a bare
workflow, on one dev server with its database file. The contenders take turns; the table is of the medians over the
rounds. With --database postgres the store is in a PostgreSQL server of this run, which waits for the disk at a commit
as little as SQLite does; its CPU counts. With both, a worker on each database and bare take turns.
`;

interface Stoppable {
  stop(): Promise<void>;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      jobs: { type: 'string', default: '300' },
      singles: { type: 'string', default: '40' },
      rounds: { type: 'string', default: '3' },
      database: { type: 'string', default: 'sqlite' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const kinds = databaseKindsOf(values.database);
  const extent = { jobs: Number(values.jobs), singles: Number(values.singles), rounds: Number(values.rounds) };
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-bench-'));
  const started: Stoppable[] = [];
  try {
    await compare(folder, kinds, extent, started);
  } finally {
    for (const part of started.toReversed()) await part.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Adds what it starts to `started`; the caller stops it. */
async function compare(
  folder: string,
  kinds: readonly DatabaseKind[],
  extent: Extent,
  started: Stoppable[],
): Promise<void> {
  const [port = 0, uiPort = 0] = await freePorts(2);
  const executable = toolPath('temporalCli');
  const server = await startTemporalServer({ executable, port, uiPort, dataFolder: join(folder, 'temporal') });
  started.push(server);
  const { child, standIn } = await startStandIn();
  started.push(child);
  const temporalAddress = `127.0.0.1:${port}`;
  const connection = await Connection.connect({ address: temporalAddress });
  started.push({ stop: () => connection.close() });
  const place = { client: new Client({ connection }), temporalAddress, folder, standIn };
  const bare = await startBare(place);
  started.push(bare.worker);
  const ours: Contender[] = [];
  for (const kind of kinds) {
    const databases = await startDatabases(kind);
    started.push(databases);
    const contender = await startOurs(place, kind, databases);
    started.push(contender.worker);
    ours.push(contender);
  }
  const figures = await measureRounds([bare, ...ours], server.pid, extent);
  const measured = (contender: Contender) => ({ name: contender.name, rounds: figures.get(contender) ?? [] });
  process.stdout.write(table(measured(bare), ours.map(measured)));
}

await main();

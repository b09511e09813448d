/** `npm run bench:computer`: our computer use compared with the openai package's own loop, turn by turn, in one run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { freePorts } from '../demo/run/free-ports.ts';
import type { Child } from '../workers/local/child.ts';
import { startTemporalServer } from '../workers/local/temporal-server.ts';
import { toolPath } from '../workers/local/tools.ts';
import { measureBookkeeping } from './computer/bookkeeping.ts';
import { raceShortJobs } from './computer/short-jobs.ts';
import { measureReattach } from './computer/reattach.ts';
import type { Contender, PageName, Session } from './computer/contender.ts';
import { ours, plain, startPlace } from './computer/contenders.ts';
import type { PictureCount } from './computer/stale/pictures.ts';
import { median, percentile } from './measure.ts';

const help = `Usage: npm run bench:computer -- [--turns 24] [--rounds 3] [--short]

From the model's answer to our next request: our worker with ledger, heartbeats, checkpoints, proxy and settling, against
the computer loop of the openai package over plain Playwright, (a) without any settling and (b) with 500 ms after each
action. Same model server without latency, same pages, one after the other in changing order. Before that, whole
short jobs of 2 to 4 turns; with --short they alone.
`;
const pages: readonly PageName[] = ['text', 'rich', 'stamped'];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      turns: { type: 'string', default: '24' },
      rounds: { type: 'string', default: '3' },
      short: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const turns = Number(values.turns);
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-bench-'));
  const children: Child[] = [];
  try {
    const [port = 0, uiPort = 0] = await freePorts(2);
    const executable = toolPath('temporalCli');
    const server = await startTemporalServer({ executable, port, uiPort, dataFolder: join(folder, 'temporal') });
    children.push(server);
    const { child, place } = await startPlace(turns);
    children.push(child);
    const temporalAddress = `127.0.0.1:${port}`;
    const client = new Client({ connection: await Connection.connect({ address: temporalAddress }) });
    const our = await ours({ client, temporalAddress, dataFolder: join(folder, 'data'), place, turns });
    children.push(our.worker);
    await reportReattach(place.site);
    const contenders = [our.contender, plain(place, turns, 0), plain(place, turns, 500)];
    const rounds = Number(values.rounds);
    const hostsFolder = join(folder, 'data', 'browsers');
    const shortJobs = raceShortJobs([our.contender, plain(place, turns, 0)], hostsFolder, rounds);
    await Promise.race([shortJobs, endOfAny(children)]);
    if (!values.short) await Promise.race([race(contenders, rounds), endOfAny(children)]);
    await client.connection.close();
  } finally {
    for (const child of children.toReversed()) await child.stop();
    await rm(folder, { recursive: true, force: true });
  }
  await reportBookkeeping();
}

/**
 * Rejects with the name and the last output of a process that ends while it is needed: its callers would only get
 * refused connections.
 */
async function endOfAny(children: readonly Child[]): Promise<never> {
  const ended = await Promise.race(children.map((child) => child.ended.then(() => child)));
  throw new Error(`the process ${ended.name} ended in the middle of the race:\n${ended.lastOutput()}`);
}

type Rounds = readonly ReadonlyMap<string, Session>[];

async function race(contenders: readonly Contender[], rounds: number): Promise<void> {
  // The first session of a process loads its code.
  for (const contender of contenders.slice(0, 2)) await contender.run('text');
  for (const page of pages) {
    const results: Map<string, Session>[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const result = new Map<string, Session>();
      // The first contender gets the machine as the one before left it: all take turns at being first.
      const order = contenders.map((_, index) => contenders[(index + round) % contenders.length] ?? contenders[0]);
      for (const contender of order) {
        if (contender === undefined) continue;
        const session = await contender.run(page);
        result.set(contender.name, session);
        process.stderr.write(`${page}, round ${round + 1}, ${contender.name}: ${describe(session)}\n`);
      }
      results.push(result);
    }
    report(page, contenders, results);
    if (page === 'stamped') reportPictures(contenders, results);
  }
}

function describe(session: Session): string {
  const one = percentile(gapsOf(session, 1), 0.5);
  const three = percentile(gapsOf(session, 3), 0.5);
  return `${one} ms, ${three} ms, start ${session.startMilliseconds} ms, ${session.memory.toFixed(0)} MiB`;
}

function gapsOf(session: Session | undefined, actions: number): number[] {
  return (session?.gaps ?? []).filter((gap) => gap.actions === actions).map(({ milliseconds }) => milliseconds);
}

function report(page: PageName, contenders: readonly Contender[], rounds: Rounds): void {
  const say = (...cells: readonly string[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`);
  process.stdout.write(`\n## ${page} page\n\n`);
  say('', ...contenders.map(({ name }) => name), 'ours : plain', 'ours : plain, 500 ms');
  say(...Array.from({ length: contenders.length + 3 }, () => '---'));
  const row = (label: string, valueOf: (session: Session | undefined) => number): void => {
    const perContender = contenders.map(({ name }) => rounds.map((round) => valueOf(round.get(name))));
    const [mine = [], ...others] = perContender;
    say(
      label,
      ...perContender.map((values) => median(values).toFixed(0)),
      ...others.map((other) => ratio(mine, other)),
    );
  };
  for (const actions of [1, 3]) {
    for (const share of [0.5, 0.95]) {
      const label = `${actions} action${actions === 1 ? '' : 's'}, p${share * 100}, ms`;
      row(label, (session) => percentile(gapsOf(session, actions), share));
    }
  }
  row('start of a session, ms', (session) => session?.startMilliseconds ?? Number.NaN);
  row('memory at most, MiB', (session) => session?.memory ?? Number.NaN);
}

/** Of all rounds together: a round has too few pictures. */
function reportPictures(contenders: readonly Contender[], rounds: Rounds): void {
  const sum = (name: string, part: keyof PictureCount): number =>
    rounds.reduce((total, round) => total + (round.get(name)?.pictures[part] ?? 0), 0);
  const shares = (part: 'stale' | 'early' | 'empty'): string =>
    contenders
      .map(({ name }) => {
        const [found, all] = [sum(name, part), sum(name, 'pictures')];
        return `${name} ${((100 * found) / all).toFixed(1)} % (${found} of ${all})`;
      })
      .join('; ');
  process.stdout.write(
    `\nOlder than the page when they were sent: ${shares('stale')}.\nFollowed by a change before the answer: ${shares('early')}.\nWithout a page: ${shares('empty')}.\n`,
  );
}

/** Round by round, because the load of the machine differs between rounds: the median ratio and its spread. */
function ratio(mine: readonly number[], other: readonly number[]): string {
  const ratios = mine.map((value, index) => value / (other[index] ?? Number.NaN));
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)].map((value) => value.toFixed(2));
  return `${median(ratios).toFixed(2)} (${low} to ${high})`;
}

async function reportReattach(site: string): Promise<void> {
  const { taken, seen } = await measureReattach(site);
  const measure = (samples: readonly number[]): string => `${percentile(samples, 0.5).toFixed(0)} ms`;
  process.stdout.write(
    `\nA new attempt takes a surviving browser over in ${measure(taken)} at p50 (goal: below 100 ms), and has its screen after ${measure(seen)}.\n`,
  );
}

async function reportBookkeeping(): Promise<void> {
  const { iterations, checkpointBytes } = await measureBookkeeping();
  process.stdout.write(
    `\nBookkeeping of an iteration of one action, without browser and model: p50 ${percentile(iterations, 0.5).toFixed(1)} ms, ` +
      `p95 ${percentile(iterations, 0.95).toFixed(1)} ms (goal: p50 below 5 ms). ` +
      `Largest checkpoint: ${checkpointBytes} bytes (goal: below 4096).\n`,
  );
}

await main();

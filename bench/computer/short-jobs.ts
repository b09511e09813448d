/**
 * The time of a whole short job, of one computer-use step with 2 to 4 turns, on a worker that has a warm browser, against the
 * plain loop until its last answer.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { listProcesses } from '../../activities/computer-use/host/processes.ts';
import { readRecord } from '../../activities/computer-use/host/record.ts';
import { median } from '../measure.ts';
import type { Contender, Session } from './contender.ts';

const turnCounts = [2, 3, 4];
const patienceMilliseconds = 60_000;

/** The processes of the hosts that wait for a session, or are being started for that. */
export async function waitingHosts(hostsFolder: string): Promise<ReadonlySet<number>> {
  const waiting = new Set<number>();
  for (const { pid, command } of await listProcesses()) {
    const name = command.split(`"folder":"${hostsFolder}/`)[1]?.split('"')[0];
    if (name === undefined || !command.includes('"key":null')) continue;
    const record = await readRecord(join(hostsFolder, name));
    if (record?.key === null || record === null) waiting.add(pid);
  }
  return waiting;
}

async function warmBrowser(hostsFolder: string): Promise<void> {
  const until = performance.now() + patienceMilliseconds;
  while ((await waitingHosts(hostsFolder)).size < fewestWaiting) {
    if (performance.now() > until) throw new Error('no browser is kept warm');
    await delay(100);
  }
  // The newest of them may still be starting.
  await delay(settleMilliseconds);
}
const fewestWaiting = 2;
const settleMilliseconds = 1_000;

/** Runs the rounds, and reports the median, and the median ratio with its spread. */
export async function raceShortJobs(
  [ours, plain]: readonly [Contender, Contender],
  hostsFolder: string,
  rounds: number,
): Promise<void> {
  // The first session of a process loads its code.
  await plain.run('text', 2);
  await ours.run('text', 2);
  const pairs: { readonly mine: Session; readonly other: Session }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const turns of turnCounts) {
      await warmBrowser(hostsFolder);
      const first = (round + turns) % 2 === 0 ? await ours.run('text', turns) : null;
      const other = await plain.run('text', turns);
      if (first === null) await warmBrowser(hostsFolder);
      pairs.push({ mine: first ?? (await ours.run('text', turns)), other });
    }
  }
  process.stdout.write(
    '\n## whole short jobs, 2 to 4 turns\n\n| | ours | plain | ours : plain |\n| --- | --- | --- | --- |\n',
  );
  const row = (label: string, valueOf: (session: Session) => number): void => {
    const mine = pairs.map((pair) => valueOf(pair.mine));
    const other = pairs.map((pair) => valueOf(pair.other));
    const ratios = mine.map((value, index) => value / (other[index] ?? Number.NaN));
    const spread = `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
    process.stdout.write(`| ${label} | ${median(mine).toFixed(0)} | ${median(other).toFixed(0)} | ${spread} |\n`);
  };
  row('the whole job, ms', ({ wholeMilliseconds }) => wholeMilliseconds);
  row('start of the session, ms', ({ startMilliseconds }) => startMilliseconds);
  row('memory at most, MiB', ({ memory }) => memory);
}

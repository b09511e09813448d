/** `npm run chaos:processes`: kills and stops each process of `npm start` in turn while jobs and batches run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Target } from './processes/installation.ts';
import { stopLoneWorker } from './processes/lone-worker.ts';
import { injectProcessFaults, type Fault } from './processes/run.ts';

const help = `Usage: npm run chaos:processes -- [--rounds 2] [--jobs 3] [--items 60] [--stopped 60]

Each process of npm start gets SIGKILL in turn, in so many rounds (two at most: Temporal is hit twice in each, and given
up at the sixth death within ten minutes), then SIGSTOP. Each fault falls on jobs and a batch that have just begun, that on
the worker with the browsers also on a computer-use run, that on the worker with the sandbox on code. Then a worker that was started alone is stopped for so many
seconds, while another takes its work over, and goes on. Exit 0 only when npm start stayed up, every part was up again
after every fault, every job, item and effect is there once, and no call of the model was paid twice.
`;

const workers = ['worker jobs', 'worker llm', 'worker sandbox', 'worker browser'] as const;
const killed: readonly Target[] = ['api', ...workers, 'temporal', 'temporal server'];
const stopped: readonly Target[] = ['api', ...workers, 'temporal server'];

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '2' },
      jobs: { type: 'string', default: '3' },
      items: { type: 'string', default: '60' },
      stopped: { type: 'string', default: '60' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return true;
  }
  const work = { jobs: Number(values.jobs), items: Number(values.items), say };
  const rounds = Array.from({ length: Number(values.rounds) }, () => faults(killed, 'SIGKILL')).flat();
  const results = [
    await runPart('SIGKILL', (folder) => injectProcessFaults({ folder, faults: rounds, audits: true, ...work })),
    await runPart('SIGSTOP', (folder) =>
      injectProcessFaults({ folder, faults: faults(stopped, 'SIGSTOP'), audits: true, ...work }),
    ),
    await runPart('lone worker', (folder) =>
      stopLoneWorker({ folder, stoppedMilliseconds: Number(values.stopped) * 1000, ...work }),
    ),
  ];
  return results.every(Boolean);
}

function faults(targets: readonly Target[], signal: Fault['signal']): readonly Fault[] {
  return targets.map((target) => ({ target, signal }));
}

async function runPart(name: string, work: (folder: string) => Promise<{ readonly ok: boolean }>): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-chaos-'));
  try {
    const report = await work(folder);
    process.stdout.write(`${name}: ${JSON.stringify(report)}\n`);
    return report.ok;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

process.exitCode = (await main()) ? 0 : 1;

/**
 * `npm run chaos:experiment`: experiments with good, slow, hanging, crashing, memory-eating and lying codecs, while the worker
 * with their sandboxes is killed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chaosExperiment } from './experiment/run.ts';

const help = `Usage: npm run chaos:experiment -- [--experiments 100] [--kills 10] [--slots 2] [--seconds 5]

So many experiments (200 at most), on so many slots of one worker, with codecs of twelve kinds in turn; code that
hangs has so many seconds. The worker is killed so many times with SIGKILL while a sandbox runs, the Temporal server
once. Exit 0 only when every experiment has ended as its codec deserves (a good one with exact figures, a lying one found out),
each with exactly one record, and no process and no temporary file is left.
`;

const { values } = parseArgs({
  options: {
    experiments: { type: 'string', default: '100' },
    kills: { type: 'string', default: '10' },
    slots: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '5' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) {
  process.stdout.write(help);
} else {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-chaos-'));
  try {
    const report = await chaosExperiment({
      folder,
      experiments: Number(values.experiments),
      kills: Number(values.kills),
      killsTemporal: true,
      slots: Number(values.slots),
      phaseSeconds: Number(values.seconds),
      say: (line) => process.stderr.write(`${line}\n`),
    });
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    process.exitCode = report.ok ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `npm run simulate:canary`: plays thousands of canaries through the guard, and fails when one of its bounds is broken. */
import { parseArgs } from 'node:util';
import { defaultCanarySettings } from '../workflows/contract/limits/canary/settings.ts';
import { scenarios } from './canary/scenarios.ts';
import { simulate } from './canary/simulate.ts';
import { boundHolds, table } from './canary/table.ts';

const help = `Usage: npm run simulate:canary -- [--seeds 2000] [--least-runs ${defaultCanarySettings.leastCanaryRuns}] [--only TEXT] [--json]

Plays canaries with heavy-tailed durations and costs through the guard, which looks after each run: candidates that change
nothing, and candidates that are slower, fail more often or cost more. The runs are drawn from a seeded generator, so the
same seeds give the same table. --least-runs is the number of canary runs before which nothing is decided; --only plays the
scenarios whose name has the text. The exit code is 1 when a bound is broken.
`;

function main(): void {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '2000' },
      'least-runs': { type: 'string', default: String(defaultCanarySettings.leastCanaryRuns) },
      only: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const settings = { ...defaultCanarySettings, leastCanaryRuns: positive('--least-runs', values['least-runs']) };
  const seeds = positive('--seeds', values.seeds);
  const chosen = scenarios.filter(({ name }) => name.includes(values.only));
  if (chosen.length === 0) throw new Error(`no scenario has "${values.only}" in its name`);
  const summaries = chosen.map((scenario) => {
    process.stderr.write(`${scenario.name}\n`);
    return simulate(scenario, seeds, settings);
  });
  process.stdout.write(values.json ? `${JSON.stringify(summaries, null, 2)}\n` : table(summaries));
  const broken = summaries.filter((summary) => !boundHolds(summary));
  for (const { name } of broken) process.stderr.write(`bound broken: ${name}\n`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${option} must be a whole number of 1 or more`);
  return number;
}

try {
  main();
} catch (error) {
  // A wrong option: its message is enough.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

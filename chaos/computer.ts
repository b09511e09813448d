/**
 * `npm run chaos:computer`: injects faults at every boundary of the computer-use loop and checks the results of the
 * runs.
 */
import { parseArgs } from 'node:util';
import { databaseKind, startDatabases } from '../bench/databases.ts';
import { planFaults } from './computer/boundaries.ts';
import { chaosComputer } from './computer/suite.ts';

const help = `Usage: npm run chaos:computer -- [--kills 100] [--seed 1] [--steps 12] [--kills-per-run 2] [--json]
         [--database sqlite|postgres]

Runs a browser through a site of many steps that counts every effect, and kills the worker at every boundary of the
loop in turn and at random, the browser, its host, and the connection to the model. Exits with 0 only when every run
finished, no effect was repeated, and nothing was left behind. The same seed injects faults at the same places. With
--database postgres the store is in a PostgreSQL server of this run.
`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '12' },
    'kills-per-run': { type: 'string', default: '2' },
    database: { type: 'string', default: 'sqlite' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) {
  process.stdout.write(help);
} else {
  const databases = await startDatabases(databaseKind(values.database));
  try {
    const { report, table } = await chaosComputer({
      plan: planFaults(Number(values.kills), Number(values.seed)),
      steps: Number(values.steps),
      killsPerRun: Number(values['kills-per-run']),
      databaseUrl: await databases.create(),
      progress: (line) => process.stderr.write(`${line}\n`),
    });
    const database = databases.product;
    const text = values.json ? JSON.stringify({ database, ...report }) : `Database: ${database}\n\n${table}`;
    process.stdout.write(`${text}\n`);
    process.exitCode = report.passed ? 0 : 1;
  } finally {
    await databases.stop();
  }
}

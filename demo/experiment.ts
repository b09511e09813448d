/** `npm run demo:experiment`: codecs that are typical, written by a model, hanging, lying, and whose worker is killed. */
import { createApi } from '../client/cli/api/client.ts';
import { uploadOwnVideo } from './experiments/experiment-calls.ts';
import { reportTable } from './experiments/report-table.ts';
import { trials, type TrialReport } from './experiments/trials.ts';
import { runModelDemo, say, type DemoParts } from './run/model-demo.ts';

const help = `Usage: npm run demo:experiment -- [--json]

Starts Temporal, the API, a worker of jobs, a worker of sandboxes and a model server, and runs experiments: a typical codec while
its state is read all the time; a goal for which a model writes the codec in rounds; a codec that hangs; one that lies about
itself; and one whose worker is killed. The demo computes the metrics itself and compares. Ends by itself within a minute or
two; exit 0 only when every check holds.
  --json  print one JSON object at the end, and nothing else on standard output
`;

async function play(parts: DemoParts): Promise<boolean> {
  const reports = await tryAll(parts);
  const ok = reports.every(({ checks }) => checks.every((check) => check.ok));
  process.stdout.write(parts.isJson ? `${JSON.stringify({ ok, trials: reports }, null, 2)}\n` : reportTable(reports));
  return ok;
}

async function tryAll({ stack, model }: DemoParts): Promise<readonly TrialReport[]> {
  const { apiUrl } = stack;
  const api = createApi(apiUrl);
  const demo = { stack, model, api, apiUrl, say, video: await uploadOwnVideo({ api, apiUrl }) };
  const reports: TrialReport[] = [];
  for (const trial of trials) {
    const report = await trial(demo);
    for (const { what, ok, detail } of report.checks) say(`  ${ok ? '✓' : '✗'} ${what} (${detail})`);
    reports.push(report);
  }
  return reports;
}

await runModelDemo({
  name: 'experiment',
  help,
  queues: ['jobs', 'sandbox'],
  environment: () => ({
    LODESTONE_LOG_LEVEL: 'error',
    LODESTONE_MODEL: 'gpt-5.4-mini',
    LODESTONE_AI_QUEUE: 'jobs',
  }),
  play,
});

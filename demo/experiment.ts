/** `npm run demo:experiment`: codecs that are typical, written by a model, hanging, lying, and whose worker is killed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createApi } from '../client/cli/api/client.ts';
import { startStack, type Stack } from '../workers/local/stack.ts';
import { stopRequest, type StopRequest } from '../workers/local/stop-request.ts';
import { uploadOwnVideo } from './experiments/experiment-calls.ts';
import { reportTable } from './experiments/report-table.ts';
import { trials, type TrialReport } from './experiments/trials.ts';
import { createDemoBrain } from './model-server/brains/demo-brain.ts';
import { startModelServer, type ModelServer } from './model-server/server.ts';
import { freePorts } from './run/free-ports.ts';

const help = `Usage: npm run demo:experiment -- [--json]

Starts Temporal, the API, a worker of jobs, a worker of sandboxes and a model server, and runs experiments: a typical codec while
its state is read all the time; a goal for which a model writes the codec in rounds; a codec that hangs; one that lies about
itself; and one whose worker is killed. The demo computes the metrics itself and compares. Ends by itself within a minute or
two; exit 0 only when every check holds.
  --json  print one JSON object at the end, and nothing else on standard output
`;

async function main(): Promise<number> {
  const { values: options } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const stop = stopRequest();
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-demo-experiment-'));
  const model = await startModelServer({ brain: createDemoBrain() });
  let stack: Stack | undefined;
  try {
    stack = await startParts(model, join(folder, 'data'), stop);
    const reports = await Promise.race([tryAll(stack, model), stack.failed, stop.asked]);
    if (reports === undefined) return 1;
    const ok = reports.every(({ checks }) => checks.every((check) => check.ok));
    process.stdout.write(options.json ? `${JSON.stringify({ ok, trials: reports }, null, 2)}\n` : reportTable(reports));
    return ok ? 0 : 1;
  } finally {
    say('Stopping …');
    await stack?.stop();
    await model.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startParts(model: ModelServer, dataFolder: string, stop: StopRequest): Promise<Stack> {
  const [temporal = 0, temporalUi = 0, api = 0] = await freePorts(3);
  return startStack({
    dataFolder,
    ports: { temporal, temporalUi, api },
    queues: ['jobs', 'sandbox'],
    environment: {
      ...process.env,
      LODESTONE_LOG_LEVEL: 'error',
      OPENAI_API_KEY: 'demo',
      OPENAI_BASE_URL: model.url,
      LODESTONE_MODEL: 'gpt-5.4-mini',
      LODESTONE_FALLBACK_MODELS: '',
      LODESTONE_AI_QUEUE: 'jobs',
    },
    progress: say,
    onChange: (_report, sentence) => {
      if (sentence !== null) say(sentence);
    },
    stopRequest: stop,
  });
}

async function tryAll(stack: Stack, model: ModelServer): Promise<readonly TrialReport[]> {
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

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** `npm run demo:tools`: every expert tool against a model server that is healthy, hangs, refuses, breaks off, or is gone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createApi } from '../client/cli/api/client.ts';
import { runSmoke } from '../client/cli/tools/smoke/smoke-run.ts';
import { smokeTable, type SmokeRow } from '../client/cli/tools/smoke/smoke-verdict.ts';
import { startStack, type Stack } from '../workers/local/stack.ts';
import { stopRequest, type StopRequest } from '../workers/local/stop-request.ts';
import { tools } from '../workflows/contract/tools/catalogue.ts';
import { createDemoBrain } from './model-server/brains/demo-brain.ts';
import type { JournalEntry } from './model-server/journal.ts';
import { startModelServer, type ModelServer } from './model-server/server.ts';
import { freePorts } from './run/free-ports.ts';
import {
  demoModels,
  demoStreamSeconds,
  situationProblems,
  toolSituations,
  type CallsByPath,
} from './run/tool-situations.ts';

const help = `Usage: npm run demo:tools -- [--json]

Starts Temporal, the API, two workers and a model server, and calls every expert tool: against a healthy provider (by the
Responses API, and by chat completions, streamed and in one piece), one whose expert model hangs, one that hangs as a whole,
one that answers 429, one whose streams break off, and one whose port is closed. Ends by itself, after some minutes; exit 0
only when every call ended within its limits, and what was found before an expert hung is there.
  --json  print one JSON object at the end, and nothing else on standard output
`;

const price = { input: 1, cachedInput: 0.1, output: 5 };

interface SituationReport {
  readonly situation: string;
  readonly problems: readonly string[];
  /** Model calls by their path. */
  readonly calls: CallsByPath;
  readonly tools: readonly SmokeRow[];
}

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
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-demo-tools-'));
  const model = await startModelServer({ brain: createDemoBrain() });
  let stack: Stack | undefined;
  try {
    stack = await startParts(model, join(folder, 'data'), stop);
    const show = options.json ? say : (text: string): void => void process.stdout.write(`${text}\n`);
    const reports = await Promise.race([tryAll({ stack, model, show }), stack.failed, stop.asked]);
    if (reports === undefined) return 1;
    const ok = reports.every(({ problems }) => problems.length === 0);
    if (options.json) process.stdout.write(`${JSON.stringify({ ok, situations: reports }, null, 2)}\n`);
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
    queues: ['jobs', 'llm'],
    environment: {
      ...process.env,
      LODESTONE_LOG_LEVEL: 'warn',
      OPENAI_API_KEY: 'demo',
      OPENAI_BASE_URL: model.url,
      LODESTONE_MODEL: demoModels.turn,
      LODESTONE_EXPERT_MODEL: demoModels.expert,
      LODESTONE_FALLBACK_MODELS: '',
      LODESTONE_TOOL_STREAM_SECONDS: String(demoStreamSeconds),
      LODESTONE_ENDPOINTS: JSON.stringify([
        { name: 'streamed', baseUrl: model.url, key: 'demo', models: [demoModels.streamedChat] },
        { name: 'plain', baseUrl: model.url, key: 'demo', models: [demoModels.plainChat], stream: false },
      ]),
      LODESTONE_PRICES: JSON.stringify({ [demoModels.streamedChat]: price, [demoModels.plainChat]: price }),
    },
    progress: say,
    onChange: (_report, sentence) => {
      if (sentence !== null) say(sentence);
    },
    stopRequest: stop,
  });
}

interface Trial {
  readonly stack: Stack;
  readonly model: ModelServer;
  readonly show: (text: string) => void;
}

async function tryAll({ stack, model, show }: Trial): Promise<readonly SituationReport[]> {
  const api = createApi(stack.apiUrl);
  const reports: SituationReport[] = [];
  for (const situation of toolSituations) {
    say(`${situation.name} …`);
    model.clearFaults();
    model.setLatency(situation.latencyMilliseconds);
    if (situation.fault !== null) model.injectFault(situation.fault);
    if (situation.isProviderDead) await model.close();
    // All at the same time: a run in which each tool meets its limit then takes as long as one tool.
    const before = model.journal.entries.length;
    const rows = await runSmoke(api, {
      atOnce: tools.length,
      ...(situation.model === null ? {} : { model: situation.model }),
    });
    const calls = callsByPath(model.journal.entries.slice(before));
    const problems = situationProblems(situation, rows, calls);
    show(
      [`${situation.name}: ${problems.length === 0 ? 'passed' : 'failed'}`, smokeTable(rows), ...problems].join('\n'),
    );
    reports.push({ situation: situation.name, problems, calls, tools: rows });
  }
  return reports;
}

function callsByPath(entries: readonly JournalEntry[]): CallsByPath {
  const calls: Record<string, number> = {};
  for (const { kind, path } of entries) if (kind === 'create') calls[path] = (calls[path] ?? 0) + 1;
  return calls;
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

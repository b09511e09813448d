/** `npm run demo:tools`: every expert tool against a model server that is healthy, hangs, refuses, breaks off, or is gone. */
import { createApi } from '../client/cli/api/client.ts';
import { runSmoke } from '../client/cli/tools/smoke/smoke-run.ts';
import { smokeTable, type SmokeRow } from '../client/cli/tools/smoke/smoke-verdict.ts';
import { tools } from '../workflows/contract/tools/catalogue.ts';
import type { JournalEntry } from './model-server/journal.ts';
import { runModelDemo, say, type DemoParts } from './run/model-demo.ts';
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

async function play(parts: DemoParts): Promise<boolean> {
  const reports = await tryAll(parts);
  const ok = reports.every(({ problems }) => problems.length === 0);
  if (parts.isJson) process.stdout.write(`${JSON.stringify({ ok, situations: reports }, null, 2)}\n`);
  return ok;
}

async function tryAll({ stack, model, isJson }: DemoParts): Promise<readonly SituationReport[]> {
  const api = createApi(stack.apiUrl);
  const show = isJson ? say : (text: string): void => void process.stdout.write(`${text}\n`);
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

await runModelDemo({
  name: 'tools',
  help,
  queues: ['jobs', 'llm'],
  environment: (model) => ({
    LODESTONE_LOG_LEVEL: 'warn',
    LODESTONE_MODEL: demoModels.turn,
    LODESTONE_EXPERT_MODEL: demoModels.expert,
    LODESTONE_TOOL_STREAM_SECONDS: String(demoStreamSeconds),
    LODESTONE_ENDPOINTS: JSON.stringify([
      { name: 'streamed', baseUrl: model.url, key: 'demo', models: [demoModels.streamedChat] },
      { name: 'plain', baseUrl: model.url, key: 'demo', models: [demoModels.plainChat], stream: false },
    ]),
    LODESTONE_PRICES: JSON.stringify({ [demoModels.streamedChat]: price, [demoModels.plainChat]: price }),
  }),
  play,
});

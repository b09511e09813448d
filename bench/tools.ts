/** `npm run bench:tools`: a tool call against the bare call by the SDK, in turns, and 50 requests at once on one worker. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import OpenAI from 'openai';
import { z } from 'zod';
import { createApi, type Api } from '../client/cli/api/client.ts';
import { followCall } from '../client/cli/tools/tool-stream.ts';
import { createDemoBrain } from '../demo/model-server/brains/demo-brain.ts';
import { startModelServer, type ModelServer } from '../demo/model-server/server.ts';
import { freePorts } from '../demo/run/free-ports.ts';
import { startStack, type Stack } from '../workers/local/stack.ts';
import { stopRequest } from '../workers/local/stop-request.ts';
import { percentile } from './measure.ts';

const model = 'gpt-5.4-mini';
const prompt = 'In two sentences: when is a queue better than a direct call?';
const requestsAtOnce = 50;
const pollMilliseconds = 10;
/** Model latency, and the pairs of calls that are measured with it. */
const rounds = [
  { latencyMilliseconds: 0, pairs: 30 },
  { latencyMilliseconds: 1_000, pairs: 8 },
] as const;

async function callTool(api: Api): Promise<string> {
  const input = { prompt, use_web_search: false };
  const asked = { name: 'chat', input, idempotencyKey: undefined, onProgress: () => undefined };
  const { outcome, cut } = await followCall(api, asked);
  return cut === null ? String(outcome) : `${outcome} (${cut.layer})`;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function compare(api: Api, server: ModelServer, { latencyMilliseconds, pairs }: (typeof rounds)[number]) {
  const client = new OpenAI({ baseURL: server.url, apiKey: 'bench' });
  server.setLatency(latencyMilliseconds);
  const bare: number[] = [];
  const tool: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    bare.push(await timed(() => client.responses.create({ model, input: prompt })));
    tool.push(await timed(() => callTool(api)));
  }
  const of = (samples: readonly number[]) =>
    [0.5, 0.95].map((share) => `${percentile(samples, share).toFixed(0)} ms`).join(', ');
  const more = percentile(tool, 0.5) - percentile(bare, 0.5);
  const ratio = percentile(tool, 0.5) / percentile(bare, 0.5);
  print(`model latency ${latencyMilliseconds} ms, ${pairs} pairs: bare p50, p95 ${of(bare)}; tool ${of(tool)}`);
  print(`  at p50 ${more.toFixed(0)} ms more, ${ratio.toFixed(2)} times`);
}

const times = { p99: z.number(), longest: z.number() };
const DelaySchema = z.object({ ...times, used: z.object(times) });
type Part = readonly [string, number];

/** The delays since the last look, of each part. */
async function delaysOf(parts: readonly Part[], folder: string): Promise<string> {
  const read = async ([name, pid]: Part): Promise<string> => {
    const file = join(folder, `${pid}.json`);
    await rm(file, { force: true });
    process.kill(pid, 'SIGUSR2');
    let text: string | null = null;
    while (text === null) {
      await delay(pollMilliseconds);
      text = await readFile(file, 'utf8').catch(() => null);
    }
    const { p99, longest, used } = DelaySchema.parse(JSON.parse(text));
    const ofUse = `of its own processor time ${used.p99.toFixed(0)} and ${used.longest.toFixed(0)} ms`;
    return `  ${name}: p99 ${p99.toFixed(0)} ms, longest ${longest.toFixed(0)} ms; ${ofUse}`;
  };
  return (await Promise.all(parts.map(read))).join('\n');
}

async function burst(api: Api, stack: Stack, folder: string, idle: number): Promise<void> {
  const parts: readonly Part[] = [
    ['an idle process', idle],
    ['api', stack.api().pid],
    ['worker', stack.worker('jobs').pid],
  ];
  await delaysOf(parts, folder);
  const counts = new Map<string, number>();
  const times = await Promise.all(
    Array.from({ length: requestsAtOnce }, () =>
      timed(async () => {
        const end = await callTool(api);
        counts.set(end, (counts.get(end) ?? 0) + 1);
      }),
    ),
  );
  const ends = [...counts].map(([end, count]) => `${count} ${end}`).join(', ');
  print(
    `${requestsAtOnce} at once, model latency 1000 ms: ${ends}; longest ${(Math.max(...times) / 1000).toFixed(1)} s`,
  );
  print(`event-loop delay:\n${await delaysOf(parts, folder)}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A process that does nothing: its delays are those of the machine. */
function startIdle(environment: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, ['--eval', 'setInterval(() => undefined, 1000)'], { env: environment });
}

const folder = await mkdtemp(join(tmpdir(), 'lodestone-bench-tools-'));
const delayFolder = join(folder, 'delays');
await mkdir(delayFolder);
const server = await startModelServer({ brain: createDemoBrain() });
const measured = {
  ...process.env,
  BENCH_DELAY_FOLDER: delayFolder,
  NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'tools', 'loop-delay.ts')).href}`,
};
let stack: Stack | undefined;
const idle = startIdle(measured);
try {
  const [temporal = 0, temporalUi = 0, api = 0] = await freePorts(3);
  stack = await startStack({
    dataFolder: join(folder, 'data'),
    ports: { temporal, temporalUi, api },
    queues: ['jobs'],
    environment: {
      ...measured,
      LODESTONE_LOG_LEVEL: 'warn',
      LODESTONE_AI_QUEUE: 'jobs',
      OPENAI_API_KEY: 'bench',
      OPENAI_BASE_URL: server.url,
    },
    progress: () => undefined,
    onChange: (_report, sentence) => {
      if (sentence !== null) process.stderr.write(`${sentence}\n`);
    },
    stopRequest: stopRequest(),
  });
  const client = createApi(stack.apiUrl);
  await callTool(client);
  for (const round of rounds) await compare(client, server, round);
  await burst(client, stack, delayFolder, z.int().parse(idle.pid));
} finally {
  await stack?.stop();
  idle.kill();
  await server.close();
  await rm(folder, { recursive: true, force: true });
}

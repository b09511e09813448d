/**
 * The memory that a batch of a given size takes: the processes of `npm start`, and `lodestone batch submit` with a file
 * of items, as users run them. The model server is in the benchmark's own process, whose memory is not counted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { startModelServer } from '../../demo/model-server/server.ts';
import { freePorts } from '../../demo/run/free-ports.ts';
import { startStack, type Stack } from '../../workers/local/stack.ts';
import { BatchViewSchema, type BatchView } from '../../workflows/contract/batches/schema.ts';
import { watchResident, type Resident } from './resident.ts';

export interface MemoryFigures {
  readonly items: number;
  readonly succeeded: number;
  /** From the batch's creation until it runs: reading, sending and storing of the items. */
  readonly sendSeconds: number;
  readonly runSeconds: number;
  readonly processes: readonly Resident[];
}

const root = join(import.meta.dirname, '..', '..');
const latencyMilliseconds = 10;
const limits = ['--parallel', '50', '--calls-per-hour', '1000000', '--cap', '1000', '--cap-per-hour', '1000'];

/** Works in an empty folder. Without a database URL the database is SQLite's. Progress is printed on standard error. */
export async function measureMemory(
  folder: string,
  databaseUrl: string | undefined,
  items: number,
): Promise<MemoryFigures> {
  const model = await startModelServer({
    brain: { answer: () => ({ kind: 'text', text: 'A sentence as long as many an answer is, and no longer.' }) },
    latencyMilliseconds,
  });
  try {
    const stack = await start(join(folder, 'data'), databaseUrl, model.url);
    try {
      return await submitAndWatch(stack, folder, items);
    } finally {
      await stack.stop();
    }
  } finally {
    await model.close();
  }
}

const never = new Promise<void>(() => undefined);

async function start(dataFolder: string, databaseUrl: string | undefined, modelUrl: string): Promise<Stack> {
  const [temporal = 0, temporalUi = 0, api = 0] = await freePorts(3);
  return startStack({
    dataFolder,
    ports: { temporal, temporalUi, api },
    environment: {
      ...process.env,
      LODESTONE_DATABASE_URL: databaseUrl,
      LODESTONE_LOG_LEVEL: 'warn',
      OPENAI_API_KEY: 'stand-in',
      OPENAI_BASE_URL: modelUrl,
    },
    progress: () => undefined,
    onChange: () => undefined,
    stopRequest: { asked: never, forced: never },
  });
}

async function submitAndWatch(stack: Stack, folder: string, items: number): Promise<MemoryFigures> {
  const [list, prompt] = [join(folder, 'items.csv'), join(folder, 'prompt.txt')];
  await pipeline(Readable.from(rows(items)), createWriteStream(list));
  await writeFile(prompt, 'What does {{item.company}} in {{item.city}} make? {{item.note}}');
  const submit = [
    'batch',
    'submit',
    list,
    '--prompt',
    prompt,
    '--model',
    'gpt-5.4-mini',
    ...limits,
    '--watch',
    '--json',
  ];
  let batch: BatchView | undefined;
  const watched = [
    { name: 'API', pid: stack.api().pid },
    { name: 'worker of jobs', pid: stack.worker('jobs').pid },
    { name: 'worker of llm', pid: stack.worker('llm').pid },
  ];
  const processes = await watchResident(watched, async () => {
    batch = BatchViewSchema.parse(JSON.parse(await lodestone(stack.apiUrl, submit)));
    // Results are streamed too.
    await lodestone(stack.apiUrl, ['batch', 'results', batch.id, '--output', join(folder, 'results.csv')]);
  });
  if (batch === undefined) throw new Error('no batch was seen');
  const [created, started, ended] = [batch.createdAt, batch.startedAt ?? '', batch.endedAt ?? ''].map(Date.parse);
  const seconds = (from = Number.NaN, to = Number.NaN): number => (to - from) / 1000;
  const { succeeded } = batch.counts;
  return { items, succeeded, sendSeconds: seconds(created, started), runSeconds: seconds(started, ended), processes };
}

/** Runs the command and returns what it printed. */
async function lodestone(apiUrl: string, parameters: readonly string[]): Promise<string> {
  const command = spawn(process.execPath, [join(root, 'client/cli/main.ts'), '--url', apiUrl, ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [code]] = await Promise.all([text(command.stdout), once(command, 'exit')]);
  if (code !== 0) throw new Error(`lodestone ${parameters.join(' ')} ended with ${String(code)}: ${printed}`);
  return printed;
}

/** Rows of some 150 bytes. */
function* rows(count: number): Generator<string> {
  yield 'company,city,note\n';
  for (let index = 0; index < count; index += 1) {
    yield `Company ${index},City ${index % 500},"Found at a fair, wrote twice, ${'and asked for prices; '.repeat(4)}"\n`;
  }
}

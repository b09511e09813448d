/** `lodestone batch submit`: makes a batch of a prompt and a file of items, and starts it. */
import { counted } from '../../../workflows/contract/counted.ts';
import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { Option, type Command } from 'commander';
import { describeFlaw, readStrictJson } from '../../../workflows/contract/json/strict-json.ts';
import type { TableFormat } from '../../../workflows/contract/batches/table-format.ts';
import { checkItemsFile, type Batch, type BatchClient } from './batch-client.ts';
import { limitOptions, limitsOf, numberOf, type LimitOptions } from './batch-limits.ts';
import { batchText, money } from './batch-output.ts';
import { exitCodeOfBatch, watchBatch } from './batch-watch.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { printJson, say } from '../output.ts';
import { sayHowRead, tableOptions } from './table-options.ts';

interface SubmitOptions extends LimitOptions, TableFormat {
  readonly prompt: string;
  readonly model: string;
  readonly name?: string;
  readonly instructions?: string;
  readonly schema?: string;
  readonly maxOutputTokens?: string;
  readonly reasoningEffort?: string;
  readonly resubmitUncertain?: boolean;
  readonly lostSeconds?: string;
  readonly economy?: boolean;
  readonly estimate?: boolean;
  readonly watch?: boolean;
  readonly idempotencyKey?: string;
  readonly json?: boolean;
}

export function addBatchSubmit(batch: Command, api: () => BatchClient): void {
  const submit = batch
    .command('submit <items>')
    .description('ask a model the same of each item of a .csv (also .tsv, .txt) or .jsonl file')
    .requiredOption('--prompt <file>', 'the prompt; {{item.field}} names a field of the item')
    .requiredOption('--model <name>', 'the model')
    .option('--name <text>', "the batch's name; the file's when left out")
    .option('--instructions <file>', "the model's standing instructions")
    .option('--schema <file>', 'a JSON Schema that each answer must fit')
    .option('--max-output-tokens <count>', 'bounds what one answer can cost')
    .addOption(
      new Option('--reasoning-effort <effort>', 'of the model').choices(['none', 'low', 'medium', 'high', 'xhigh']),
    )
    .option('--economy', "by the provider's batch API: half the price, answers within 24 hours")
    .option('--resubmit-uncertain', 'submit again, and flag, what may have been paid and lost')
    .option('--lost-seconds <seconds>', "how long the provider's word of such an item is awaited before (600)");
  tableOptions(limitOptions(submit))
    .option('--estimate', 'say what it may cost and do not start it; batch resume starts it')
    .option('--watch', 'follow it to its end; exit 0 only when every item has its answer')
    .option('--idempotency-key <key>', 'the same key is the same batch')
    .option('--json', 'print one JSON object')
    .action(async (items: string, options: SubmitOptions) => {
      process.exitCode = await run(api(), items, options);
    });
}

async function run(api: BatchClient, items: string, options: SubmitOptions): Promise<number> {
  await checkItemsFile(items);
  const { idempotencyKey = randomUUID() } = options;
  const made = await api.create(await definitionOf(items, options), idempotencyKey);
  // Under the same key a batch may be there and run: its items are not sent twice.
  if (made.state === 'importing') await sendItems(api, made.id, items, options);
  const ready = await api.act(made.id, options.estimate === true ? 'estimate' : 'start');
  if (options.estimate === true) await printEstimate(api, ready);
  const shown = options.watch === true && options.estimate !== true ? await watchBatch(api, made.id) : ready;
  if (options.json === true) printJson(shown);
  else process.stdout.write(batchText(shown));
  return shown.state === 'ended' && options.watch === true ? exitCodeOfBatch(shown) : exitCodes.ok;
}

/** The key of the items that a batch is submitted with. */
const submittedItems = 'submit';

async function sendItems(api: BatchClient, id: string, items: string, format: TableFormat): Promise<void> {
  try {
    const { added, read } = await api.send(id, items, submittedItems, format);
    say(`${id}: ${counted(added, 'item')}`);
    sayHowRead(read);
  } catch (error) {
    // What was refused is mended and submitted anew: the empty batch would only lie about.
    if (error instanceof CommandError && error.exitCode === exitCodes.refused) await api.remove(id);
    throw error;
  }
}

async function printEstimate(api: BatchClient, { id, estimateUsd, worstUsd }: Batch): Promise<void> {
  const [first] = await api.preview(id);
  if (first !== undefined) say(`The first prompt:\n${first.replaceAll(/^/gm, '  ')}`);
  if (estimateUsd === null) return;
  say(`about ${money(estimateUsd)}, at most ${money(worstUsd ?? estimateUsd)}; start it: lodestone batch resume ${id}`);
}

async function definitionOf(items: string, options: SubmitOptions): Promise<unknown> {
  const { instructions, schema, maxOutputTokens, reasoningEffort, resubmitUncertain, lostSeconds } = options;
  const limits = {
    ...limitsOf(options),
    ...(resubmitUncertain === true ? { resubmitUncertain } : {}),
    ...(lostSeconds === undefined ? {} : { lostSeconds: numberOf(lostSeconds) }),
  };
  return {
    name: options.name ?? basename(items),
    model: options.model,
    prompt: await readText(options.prompt),
    ...(instructions === undefined ? {} : { instructions: await readText(instructions) }),
    ...(schema === undefined ? {} : { outputSchema: await readJson(schema) }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens: numberOf(maxOutputTokens) }),
    ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
    ...(options.economy === true ? { mode: 'economy' } : {}),
    limits,
  };
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new CommandError(`${file} cannot be read.`, exitCodes.usage);
  });
}

async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  const read = readStrictJson(text, 'refused');
  if (read.ok) return read.value;
  const why = read.flaws.map((flaw) => describeFlaw(flaw, 'the text')).join('; ');
  throw new CommandError(`${file}: ${why}`, exitCodes.usage);
}

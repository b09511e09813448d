/** `lodestone batch submit`: makes a batch from a prompt and a file of items, and starts it. */
import { counted } from '../../../workflows/contract/counted.ts';
import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { Option, type Command } from 'commander';
import { isJsonObject } from '../../../workflows/contract/json/json.ts';
import { describeFlaw, readStrictJson } from '../../../workflows/contract/json/strict-json.ts';
import { answerOf, type Api, type Batch, type Body } from '../api/client.ts';
import { beginBatch, checkItemsFile, createBatch, removeBatch, sendItems, type ItemsFormat } from './batch-calls.ts';
import { limitOptions, limitsOf, numberOf, type LimitOptions } from './batch-limits.ts';
import { batchText, money } from './batch-output.ts';
import { exitCodeOfBatch, watchBatch } from './batch-watch.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { printJson, printText, say } from '../output.ts';
import { sayHowRead, tableOptions } from './table-options.ts';

type Definition = Body<'post', '/v1/batches'>;

interface SubmitOptions extends LimitOptions, ItemsFormat {
  readonly prompt: string;
  readonly model: string;
  readonly name?: string;
  readonly instructions?: string;
  readonly schema?: string;
  readonly maxOutputTokens?: string;
  readonly reasoningEffort?: Definition['reasoningEffort'];
  readonly resubmitUncertain?: boolean;
  readonly lostSeconds?: string;
  readonly economy?: boolean;
  readonly estimate?: boolean;
  readonly watch?: boolean;
  readonly idempotencyKey?: string;
  readonly json?: boolean;
}

export function addBatchSubmit(batch: Command, api: () => Api): void {
  const submit = batch
    .command('submit <items>')
    .description('send one prompt to a model for each item of a .csv (also .tsv, .txt) or .jsonl file')
    .requiredOption('--prompt <file>', 'the prompt; {{item.field}} names a field of the item')
    .requiredOption('--model <name>', 'the model')
    .option('--name <text>', "the name of the batch; default: the file's name")
    .option('--instructions <file>', 'a file with instructions for the model, sent with each item')
    .option('--schema <file>', 'a file with the JSON Schema that each answer must satisfy')
    .option('--max-output-tokens <count>', 'the largest number of tokens of one answer; it bounds the cost')
    .addOption(
      new Option('--reasoning-effort <effort>', 'how much the model reasons').choices([
        'none',
        'low',
        'medium',
        'high',
        'xhigh',
      ]),
    )
    .option('--economy', "use the provider's batch API: half the price, answers within 24 hours")
    .option(
      '--resubmit-uncertain',
      'submit an item again, and flag it, when its answer was lost and may have been paid',
    )
    .option('--lost-seconds <seconds>', 'how long to wait for the answer of such an item first (600)');
  tableOptions(limitOptions(submit))
    .option('--estimate', 'print the estimated cost and do not start the batch; batch resume starts it')
    .option('--watch', 'watch the batch until it ends; exit 0 only when every item has an answer')
    .option('--idempotency-key <key>', 'submitting again with the same key returns the same batch')
    .option('--json', 'print one JSON object')
    .action(async (items: string, options: SubmitOptions) => {
      process.exitCode = await run(api(), items, options);
    });
}

async function run(api: Api, items: string, options: SubmitOptions): Promise<number> {
  await checkItemsFile(items);
  const { idempotencyKey = randomUUID() } = options;
  const made = await createBatch(api, await definitionOf(items, options), idempotencyKey);
  // A batch with the same key may exist and run already. Then its items are not sent again.
  if (made.state === 'importing') await sendFirstItems(api, made.id, items, options);
  const ready = await beginBatch(api, made.id, options.estimate === true ? 'estimate' : 'start');
  if (options.estimate === true) await printEstimate(api, ready);
  const shown = options.watch === true && options.estimate !== true ? await watchBatch(api, made.id) : ready;
  if (options.json === true) printJson(shown);
  else printText(batchText(shown));
  return shown.state === 'ended' && options.watch === true ? exitCodeOfBatch(shown) : exitCodes.ok;
}

/** The idempotency key of the first upload of items to a batch. */
const submittedItems = 'submit';

async function sendFirstItems(api: Api, id: string, items: string, format: ItemsFormat): Promise<void> {
  try {
    const { added, read } = await sendItems(api, id, items, submittedItems, format);
    say(`${id}: ${counted(added, 'item')}`);
    sayHowRead(read);
  } catch (error) {
    // The user will correct the file and submit it again, so the empty batch is removed.
    if (error instanceof CommandError && error.exitCode === exitCodes.refused) await removeBatch(api, id);
    throw error;
  }
}

async function printEstimate(api: Api, { id, estimateUsd, worstUsd }: Batch): Promise<void> {
  const { prompts } = await answerOf(api.GET('/v1/batches/{id}/preview', { params: { path: { id } } }));
  const first = prompts[0]?.prompt;
  if (first !== undefined) say(`The first prompt:\n${first.replaceAll(/^/gm, '  ')}`);
  if (estimateUsd === null) return;
  say(`about ${money(estimateUsd)}, at most ${money(worstUsd ?? estimateUsd)}; start it: lodestone batch resume ${id}`);
}

async function definitionOf(items: string, options: SubmitOptions): Promise<Definition> {
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
    ...(schema === undefined ? {} : { outputSchema: await readJsonObject(schema) }),
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

async function readJsonObject(file: string): Promise<Record<string, unknown>> {
  const read = readStrictJson(await readText(file), 'refused');
  if (read.ok) {
    if (isJsonObject(read.value)) return read.value;
    throw new CommandError(`${file} must be a JSON object.`, exitCodes.usage);
  }
  const why = read.flaws.map((flaw) => describeFlaw(flaw, 'the text')).join('; ');
  throw new CommandError(`${file}: ${why}`, exitCodes.usage);
}
